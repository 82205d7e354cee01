import {isLoopback} from '../access/git-address.ts';
import {
	type MailRoute,
	type TargetDraft,
	type TargetKind,
	tellKinds,
	usualWhen,
	type WayDraft,
	type When,
} from '../tell/target.ts';
import {
	checkValues,
	type Given,
	type Reading,
	readList,
	readSection,
	unlessWrong,
	type ValuesOf,
} from './read-settings.ts';
import {onlyWay, type SecretWay, waysOf} from './secret.ts';
import type {SettingPath} from './settings-problem.ts';

/** The sections `email` and `tell`. */
export type TellingSections = {readonly email: unknown; readonly tell: unknown};

/** Those who are to be told. One with a mistake is reported and left out; the others are still told. */
export const readTelling = (
	{email, tell}: TellingSections,
	reading: Reading,
): readonly TargetDraft[] => {
	const count = new Map<string, number>();
	const targets = [...readEmail(email, reading), ...readEntries(tell, reading)];
	return targets.map((target) => {
		const {kind} = target.way;
		const number = (count.get(kind) ?? 0) + 1;
		count.set(kind, number);
		return {...target, name: number === 1 ? kind : `${kind} ${number}`};
	});
};

type Unnamed = Omit<TargetDraft, 'name'>;

const readEntries = (tell: unknown, reading: Reading): readonly Unnamed[] => {
	const hint = 'each entry begins with a dash, such as "- ping: https://..."';
	return readList(tell, 'tell', hint, reading).flatMap(
		(entry, index) => readEntry(entry, ['tell', index], reading) ?? [],
	);
};

const readEntry = (content: unknown, path: SettingPath, reading: Reading): Unnamed | undefined =>
	unlessWrong(reading, (inner) => {
		const {values} = readSection(content, path, 'target', inner);
		checkValues('target', values, path, inner);
		const kinds = tellKinds.filter((kind) =>
			kind === 'command' ? values.command !== undefined : waysOf(values, kind).length > 0,
		);
		const [kind, second] = kinds;
		if (kind === undefined || second !== undefined) {
			inner.report({
				path,
				part: 'value',
				message:
					kind === undefined
						? 'this entry tells nothing'
						: `this entry has a ${kind} and a ${second}`,
				hint: `each has one of ${tellKinds.join(', ')}`,
			});
			return undefined;
		}

		const secrets = pickSecrets(
			values,
			[...tellKinds.filter((one) => one !== 'command'), 'token', 'header'],
			inner,
		);
		const way: WayDraft =
			kind === 'command' ? {kind, line: values.command?.text ?? '', secrets} : {kind, secrets};
		return {
			path,
			when: readWhen(values.when, kind),
			names: values.names === undefined ? kind !== 'ping' : values.names.text === 'true',
			way,
		};
	});

const readEmail = (content: unknown, reading: Reading): readonly Unnamed[] =>
	content === undefined || content === null || content === ''
		? []
		: (unlessWrong(reading, (inner) => {
				const path = ['email'];
				const {values} = readSection(content, path, 'email', inner);
				checkValues('email', values, path, inner);
				const secrets = pickSecrets(values, ['password'], inner);
				const way = {kind: 'email' as const, ...readRoute(values), secrets};
				return [{path, when: readWhen(values.when, 'email'), names: true, way}];
			}) ?? []);

/** SCM Backup's library takes port 0 for the usual one (MailKit, `ComputeDefaultValues`). */
const readRoute = (values: ValuesOf<'email'>): MailRoute => {
	const server = values.server?.text ?? '';
	const isFirst = values.useSsl;
	const isOpen = values.tls !== undefined || values.userName === undefined || isLoopback(server);
	return {
		from: values.from?.text ?? '',
		to: (values.to?.text ?? '')
			.split(/[;,]/)
			.map((address) => address.trim())
			.filter((address) => address !== ''),
		server,
		port: Number(values.port?.text ?? 0) || (isFirst ? 465 : 25),
		tls: isFirst ? 'first' : isOpen ? 'offered' : 'needed',
		userName: values.userName?.text,
	};
};

const readWhen = (given: Given | undefined, kind: TargetKind): When =>
	given?.text === 'always' || given?.text === 'news' || given?.text === 'problems'
		? given.text
		: usualWhen(kind);

const pickSecrets = (
	values: Readonly<Record<string, unknown>>,
	keys: readonly string[],
	{report}: Reading,
): Readonly<Record<string, SecretWay>> =>
	Object.fromEntries(
		keys.flatMap((key) => {
			const way = onlyWay(values as Parameters<typeof onlyWay>[0], key, report);
			return way === undefined ? [] : [[key, way]];
		}),
	);
