import * as v from 'valibot';
import {FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import {parseJson} from '../../domain/json.ts';
import type {S3Keys} from '../../domain/settings/settings.ts';
import {describeEnd, runCommand} from '../settings/run-command.ts';

/** The keys as a request is signed with them. */
export type SigningKeys = {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string;
};

/** Gives the keys, and new ones after `forget`, as far as there are new ones. */
export type KeyRing = {
	read(signal: AbortSignal): Promise<SigningKeys>;
	/** The store says that they have expired. Returns false if no others can be had. */
	forget(): boolean;
};

type Printed = SigningKeys & {
	/** Milliseconds since 1970. */
	readonly expires: number;
};

/** Milliseconds before their end at which keys are asked for anew: a large upload takes a while. */
const renewBefore = 5 * 60_000;

/** AWS CLI, "Sourcing credentials with an external process". */
const form = v.object({
	Version: v.literal(1),
	AccessKeyId: v.pipe(v.string(), v.nonEmpty()),
	SecretAccessKey: v.pipe(v.string(), v.nonEmpty()),
	SessionToken: v.optional(v.string()),
	Expiration: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});

/** `store`: its title. Throws `store-refused` if the command gives no keys. */
export const openKeys = (store: string, keys: S3Keys): KeyRing => {
	if (keys.kind === 'given') {
		const {accessKeyId, secretAccessKey, sessionToken} = keys;
		const given = {
			accessKeyId,
			secretAccessKey: secretAccessKey.reveal(),
			...onlyGiven({sessionToken: sessionToken?.reveal()}),
		};
		return {read: async () => given, forget: () => false};
	}

	let printed: Promise<Printed> | undefined;
	const ask = (signal: AbortSignal): Promise<Printed> => {
		const asked = askCommand(store, keys, signal);
		// A failure is not remembered.
		asked.catch(() => {
			printed = undefined;
		});
		printed = asked;
		return asked;
	};
	return {
		read: async (signal) => {
			const known = await printed;
			return known !== undefined && known.expires - renewBefore > Date.now() ? known : ask(signal);
		},
		forget: () => {
			printed = undefined;
			return true;
		},
	};
};

const askCommand = async (
	store: string,
	{command, environment}: Extract<S3Keys, {kind: 'command'}>,
	signal: AbortSignal,
): Promise<Printed> => {
	const refuse = (detail: string): FailureError =>
		new FailureError({
			kind: 'store-refused',
			store,
			action: 'read',
			detail: `credentialsCommand ${detail}`,
		});
	const end = await runCommand({command, environment}, signal);
	if (end.kind === 'late') {
		throw refuse('did not end in two minutes');
	}

	if (end.kind !== 'done') {
		throw refuse(describeEnd(end));
	}

	const read = v.safeParse(form, parseJson(end.output));
	if (!read.success) {
		throw refuse('did not print keys as AWS describes for credential_process');
	}

	const {AccessKeyId, SecretAccessKey, SessionToken, Expiration} = read.output;
	return {
		accessKeyId: AccessKeyId,
		secretAccessKey: SecretAccessKey,
		...onlyGiven({sessionToken: SessionToken}),
		expires: Expiration === undefined ? Number.POSITIVE_INFINITY : Date.parse(Expiration),
	};
};
