import type {SettingsDraft} from '../domain/settings/read-settings.ts';
import {variablesOfStores} from '../domain/settings/read-stores.ts';
import type {SecretApart} from '../domain/settings/secret.ts';
import {answers} from '../domain/settings/settings-table.ts';
import {type Environment, namesIn} from '../domain/settings/variables.ts';
import type {TargetDraft} from '../domain/tell/target.ts';
import type {SettingsStore} from '../ports/settings-store.ts';
import {locateBeside} from './locate-folder.ts';

/** Reads secrets that are not in the settings file itself. */
export type Secrets = {
	/** The command's output, or the first line of the file. If several sources share one, it is read once. */
	read(secret: SecretApart): Promise<string>;
	/** First line of a file. `name` says in a complaint where its path comes from. */
	readFile(path: string, name: string): Promise<string>;
	/** A sentence about each file that other users of this machine can read. */
	complaints(): readonly string[];
};

/** Leaves out the variables that hold a secret of the settings: commands of the user do not need them. */
export const hideSecrets = (
	{sources, stores}: SettingsDraft,
	targets: readonly TargetDraft[],
): ((environment: Environment) => Environment) => {
	const hidden = new Set([
		answers.token.variable,
		`${answers.token.variable}_FILE`,
		...sources.flatMap(({password}) => namesIn(password?.text ?? '')),
		...variablesOfStores(stores),
		...targets.flatMap(({way}) =>
			Object.values(way.secrets).flatMap((secret) =>
				secret.way === 'value' ? namesIn(secret.given.text) : [],
			),
		),
	]);
	return (environment) =>
		Object.fromEntries(Object.entries(environment).filter(([name]) => !hidden.has(name)));
};

/** `file` is the path of the settings file. Throws StopErrors. */
export const openSecrets = (
	store: Pick<SettingsStore, 'runPasswordCommand' | 'readSecretFile' | 'homeFolder'>,
	file: string,
	signal: AbortSignal,
): Secrets => {
	const printed = new Map<string, Promise<string>>();
	const exposed = new Set<string>();
	const runOnce = (command: string): Promise<string> => {
		const running = printed.get(command) ?? store.runPasswordCommand(command, signal);
		printed.set(command, running);
		return running;
	};

	const readFile = async (path: string, name: string): Promise<string> => {
		const place = locateBeside(file, path, store.homeFolder);
		const {line, isReadableByOthers} = await store.readSecretFile(place, name);
		if (isReadableByOthers) {
			exposed.add(place);
		}

		return line;
	};

	return {
		read: ({way, key, given}) =>
			way === 'command' ? runOnce(given.text) : readFile(given.text, `${key} in the settings`),
		readFile,
		complaints: () =>
			[...exposed].map(
				(path) =>
					`Other users of this machine can read the secret in ${path}. Repair it: chmod 600 ${path}`,
			),
	};
};
