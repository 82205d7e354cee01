import {resolve} from 'node:path';
import type {CommonOptions} from '../arguments/invocation.ts';
import {StopError} from '../domain/failure/failure.ts';
import {readDraft, type SettingsDraft} from '../domain/settings/read-settings.ts';
import {readTelling} from '../domain/settings/read-telling.ts';
import {isApart} from '../domain/settings/secret.ts';
import {daysLeft} from '../domain/settings/select-sources.ts';
import {type Environment, expandVariables} from '../domain/settings/variables.ts';
import type {ExpiringToken} from '../domain/tell/night.ts';
import type {Target, TargetDraft} from '../domain/tell/target.ts';
import type {SettingsStore} from '../ports/settings-store.ts';
import type {World} from '../ports/world.ts';
import {hideSecrets, openSecrets, type Secrets} from './read-secrets.ts';

/** All who are to be told, as far as the settings can be read. */
export type Party = {
	/** The memory of earlier messages is kept under it. */
	readonly key: string;
	readonly drafts: readonly TargetDraft[];
	readonly expiring: readonly ExpiringToken[];
	readonly secrets: Secrets;
	readonly environment: Environment;
	/** The environment that a told command gets. */
	readonly withoutSecrets: (environment: Environment) => Environment;
	readonly signal: AbortSignal;
};

/**
 * Reads who is to be told before anything else is read or asked, and in spite of all mistakes
 * elsewhere in the file: these are to be told too. Never throws.
 */
export const gatherTargets = async (
	world: World,
	options: CommonOptions,
	signal: AbortSignal,
): Promise<Party> => {
	const document = await world.settings.readAnyway(fileOf(world.settings, options));
	return gatherFrom(document?.content, world, options, signal);
};

/** The same for the content of a settings file. */
export const gatherFrom = (
	content: unknown,
	{settings, environment, clock}: World,
	options: Pick<CommonOptions, 'config' | 'source'>,
	signal: AbortSignal,
): Party => {
	// The command itself reports all mistakes.
	const reading = {environment, report: () => {}};
	const draft = readDraft(content, reading);
	const drafts = readTelling(draft, reading);
	return {
		key: toldKey(settings, options),
		drafts,
		expiring: findExpiring(draft, clock.now()),
		secrets: openSecrets(settings, fileOf(settings, options), signal),
		environment,
		withoutSecrets: hideSecrets(draft, drafts),
		signal,
	};
};

const fileOf = (
	{defaultPath}: Pick<SettingsStore, 'defaultPath'>,
	{config}: Pick<CommonOptions, 'config'>,
): string => resolve(config ?? defaultPath);

/** The memory of earlier messages is kept for a settings file, and for a source if only one is backed up. */
export const toldKey = (
	settings: Pick<SettingsStore, 'defaultPath'>,
	options: Pick<CommonOptions, 'config' | 'source'>,
): string => {
	const file = fileOf(settings, options);
	return options.source === undefined ? file : `${file} ${options.source}`;
};

const findExpiring = ({sources}: SettingsDraft, now: number): readonly ExpiringToken[] => {
	const today = new Date(now).toISOString().slice(0, 10);
	return sources.flatMap(({title, tokenExpires}) => {
		const days = daysLeft(tokenExpires?.text, today);
		return title !== undefined && days !== undefined ? [{source: title.text, days}] : [];
	});
};

/** Reads a target's secrets. Throws a StopError if one of them cannot be read. */
export const openTarget = async (
	{secrets, environment, withoutSecrets}: Party,
	draft: TargetDraft,
): Promise<Target> => {
	const read = new Map<string, string>();
	for (const [key, secret] of Object.entries(draft.way.secrets)) {
		read.set(
			key,
			isApart(secret) ? await secrets.read(secret) : expand(secret.given.text, environment),
		);
	}

	return {
		...draft,
		reveal: (key) => read.get(key),
		withoutSecrets,
	};
};

const expand = (text: string, environment: Environment): string => {
	const expanded = expandVariables(text, environment);
	const [missing] = expanded.unset;
	if (missing !== undefined) {
		throw new StopError(`the environment variable ${missing} is not set or empty`);
	}

	return expanded.text;
};
