import {StopError} from './domain/failure/failure.ts';
import {describeAnswer} from './domain/settings/settings-keys.ts';
import type {CommonOptions} from './invocation.ts';
import type {SettingsDocument, SettingsStore} from './ports/settings-store.ts';

type Around = {
	readonly settings: SettingsStore;
	/** False where only the backup folder is read. */
	readonly credentials: boolean;
};

/**
 * The settings file; undefined where options stand in for it. Throws a StopError where it is not
 * there and nothing does: options never stand in for a file that was named.
 */
export const readSettingsFile = async (
	file: string,
	options: CommonOptions,
	{settings, credentials}: Around,
): Promise<SettingsDocument | undefined> => {
	const document = await settings.read(file);
	if (document === undefined && options.config !== undefined) {
		throw new StopError(`The settings file ${file} does not exist.`, {
			advice: `--config (CISTERN_CONFIG) names it: is the path right? "cistern setup --config ${options.config}" asks for what is needed and writes it.`,
		});
	}

	if (document === undefined && options.workspace === undefined) {
		throw new StopError(`There are no settings yet: ${file} does not exist.`, {
			advice: adviseWithoutSettings(credentials),
		});
	}

	return document;
};

const adviseWithoutSettings = (credentials: boolean): string => {
	const needed = `${describeAnswer('workspace')} and ${describeAnswer('folder')}`;
	const toSignIn = `${describeAnswer('apiAuthName')}, ${describeAnswer('authName')} and ${describeAnswer('token')}`;
	const fromFolder = credentials ? '' : 'A backup is read without them: --from FOLDER. ';
	return `${fromFolder}"cistern setup" asks for what is needed; "cistern setup --example" prints a file to start from. Without a file, give ${needed}, and to sign in ${toSignIn}.`;
};
