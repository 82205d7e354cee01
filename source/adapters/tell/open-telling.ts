import {hash} from 'node:crypto';
import {mkdir} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import type {Environment} from '../../domain/settings/variables.ts';
import type {Message} from '../../domain/tell/message.ts';
import type {Target} from '../../domain/tell/target.ts';
import type {Sent, Telling} from '../../ports/telling.ts';
import {readText, replaceUnsynced} from '../files/small-file.ts';
import type {Agents} from '../network/agents.ts';
import {describeEnd, runCommand} from '../settings/run-command.ts';
import {type PostedKind, requestOf, startRequestOf} from './forms.ts';
import {post} from './post.ts';

type TellingPlace = {
	readonly agents: Agents;
	readonly version: string;
	readonly environment: Environment;
	/** The user's folder for state: not the backup folder, which may be what is broken. */
	readonly folder: string;
};

/** The `Telling` port over got, nodemailer and the user's shell. */
export const openTelling = ({agents, version, environment, folder}: TellingPlace): Telling => {
	const client = {agents, userAgent: `cistern/${version}`};
	const pathOf = (settings: string): string =>
		join(folder, 'told', `${hash('sha256', settings).slice(0, 32)}.json`);
	return {
		host: hostname(),
		prepare: (kinds) => {
			if (kinds.includes('email')) {
				loadMail().catch(() => undefined);
			}
		},
		send: async (target, message, signal) => {
			const {way} = target;
			switch (way.kind) {
				case 'email':
					return (await loadMail()).sendMail(way, target.reveal('password'), message);
				case 'command':
					return runTold(way.line, target, message, target.withoutSecrets(environment), signal);
				default: {
					const address = addressOf(target, way.kind);
					return address === undefined
						? noAddress
						: post(requestOf(way.kind, address, target, message), client, signal);
				}
			}
		},
		sendStart: async (target, run, signal) => {
			const address = target.way.kind === 'ping' ? addressOf(target, 'ping') : undefined;
			const request = address && startRequestOf(address, run);
			return request === undefined ? {state: 'sent'} : post(request, client, signal);
		},
		recall: (settings) => readText(pathOf(settings)).catch(() => undefined),
		remember: async (settings, text) => {
			try {
				await mkdir(join(folder, 'told'), {recursive: true, mode: 0o700});
				await replaceUnsynced(pathOf(settings), text);
			} catch {
				// The next run tells more than it needs to.
			}
		},
	};
};

/** Loaded only where a mail is to go. */
const loadMail = () => import('./mail.ts');

const noAddress: Sent = {
	state: 'failed',
	reason: 'its address is none: it must begin with https:// or http://',
	mayPass: false,
};

const addressOf = (target: Target, kind: PostedKind): URL | undefined => {
	const url = URL.parse(target.reveal(kind)?.trim() ?? '');
	return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
};

/** Milliseconds that a command may take. */
const longestCommand = 60_000;

/** Runs a user's command. Names reach it by its input and its environment only, never as words of the line. */
const runTold = async (
	line: string,
	{names}: Target,
	{why, title, text, exitCode, sources}: Message,
	environment: Environment,
	signal: AbortSignal,
): Promise<Sent> => {
	const end = await runCommand(
		{
			command: line,
			input: text,
			timeout: longestCommand,
			environment: {
				...environment,
				CISTERN_WHY: why,
				CISTERN_TITLE: title,
				CISTERN_EXIT_CODE: String(exitCode),
				...(names ? {CISTERN_SOURCES: sources.join(', ')} : {}),
			},
		},
		signal,
	);
	switch (end.kind) {
		case 'done':
			return {state: 'sent'};
		case 'late':
			return {state: 'failed', reason: 'it did not end in 60 seconds', mayPass: false};
		default:
			return {state: 'failed', reason: `it ${describeEnd(end)}`, mayPass: false};
	}
};
