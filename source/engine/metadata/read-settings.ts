import type {JsonObject} from '../../domain/json.ts';
import type {SettingsName} from '../../domain/metadata/paths.ts';
import {areSettingsDue, noSettings} from '../../domain/metadata/settings-state.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import {type Collected, collect, type OnSaved} from './collect.ts';
import type {Copy} from './copy.ts';
import type {MetadataReader} from './reader.ts';
import {keepListed} from './save-look.ts';
import {openSettingFiles, type SettingFiles} from './setting-files.ts';
import {readWhole, type WholeAnswer} from './whole-answer.ts';

/** Files that hold the answer to one question of the same name. */
type PlainName = Exclude<SettingsName, 'environment-variables'>;

const always: readonly PlainName[] = [
	'default-reviewers',
	'hooks',
	'user-permissions',
	'group-permissions',
	'branching-model',
	'branching-model-settings',
	'branch-restrictions',
	'deploy-keys',
];

const ofPipelines: readonly PlainName[] = [
	'pipeline-variables',
	'pipeline-schedules',
	'pipeline-key-pair',
	'pipeline-known-hosts',
];

/** All settings of a repository, by the names of their questions. */
export const settingKinds: readonly SettingsName[] = [
	...always,
	'pipelines',
	'environments',
	...ofPipelines,
	'environment-variables',
];

/** Reads the settings of a repository anew. */
export const renewSettings = (
	reader: MetadataReader,
	copy: Copy,
	onSaved: OnSaved,
): Promise<void> =>
	collect(reader.session, copy, onSaved, (collected) => readSettings(reader, copy, collected));

/**
 * Goes through the settings of a repository, or on with it. Each file is saved by itself, so a run
 * that ends in between has lost nothing.
 */
export const readSettings = async (
	reader: MetadataReader,
	copy: Copy,
	collected: Collected,
): Promise<void> => {
	const {repository} = copy;
	if (!areSettingsDue(collected.reading.settings ?? noSettings, reader.session.clock.now())) {
		return;
	}

	reader.tell('settings', repository);
	await keepListed(reader.session, copy, collected);
	const files = openSettingFiles(reader, copy, collected);
	for (const name of always) {
		await readPlain(reader, files, repository, name);
	}

	await readPipelines(reader, files, repository);
	await files.finish();
};

const readPlain = (
	reader: MetadataReader,
	files: SettingFiles,
	repository: Repository,
	name: PlainName,
	isNeeded = false,
) =>
	files.read({
		kind: name,
		name,
		isNeeded,
		ask: () => readWhole(reader, {kind: name, repository}),
		toFile: (value) => ({kind: 'settings', name, value}),
	});

/** Without the scope for the switch itself, environments are the sign of pipelines. */
const readPipelines = async (
	reader: MetadataReader,
	files: SettingFiles,
	repository: Repository,
): Promise<void> => {
	const [pipelines] = (await readPlain(reader, files, repository, 'pipelines', true)) ?? [];
	if (pipelines !== undefined && pipelines['enabled'] !== true) {
		return;
	}

	const environments = (await readPlain(reader, files, repository, 'environments', true)) ?? [];
	if (pipelines === undefined && environments.length === 0) {
		return;
	}

	for (const name of ofPipelines) {
		await readPlain(reader, files, repository, name);
	}

	await files.read({
		kind: 'environment-variables',
		name: 'environment-variables',
		ask: () => readVariables(reader, repository, environments),
		toFile: (value) => ({kind: 'settings', name: 'environment-variables', value}),
	});
};

/** The variables of each environment. They make one file, which changes only if all of them came. */
const readVariables = async (
	reader: MetadataReader,
	repository: Repository,
	environments: readonly JsonObject[],
): Promise<WholeAnswer> => {
	const values: JsonObject[] = [];
	for (const {uuid, name} of environments) {
		const answer = await readWhole(reader, {
			kind: 'environment-variables',
			repository,
			environment: String(uuid),
		});
		if (answer.state !== 'read') {
			return answer;
		}

		values.push({uuid, name, variables: answer.values});
	}

	return {state: 'read', values, isList: true};
};
