import type {JsonObject} from '../../domain/json.ts';
import type {SettingsName} from '../../domain/metadata/paths.ts';
import {areSettingsDue, noSettings} from '../../domain/metadata/settings-state.ts';
import type {CopyWork, Step} from './collect.ts';
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

/**
 * Goes through the settings of a repository, or on with it. Each file is saved by itself, so a run
 * that ends in between has lost nothing.
 */
export const readSettings: Step = async (work) => {
	if (!areSettingsDue(work.reading.settings ?? noSettings, work.session.clock.now())) {
		return;
	}

	work.tell('settings');
	await keepListed(work);
	const files = openSettingFiles(work);
	for (const name of always) {
		await readPlain(work, files, name);
	}

	await readPipelines(work, files);
	await files.finish();
};

const readPlain = (work: CopyWork, files: SettingFiles, name: PlainName, isNeeded = false) =>
	files.read({
		kind: name,
		name,
		isNeeded,
		ask: () => readWhole(work, {kind: name, repository: work.copy.repository}),
		toFile: (value) => ({kind: 'settings', name, value}),
	});

/** Without the scope for the switch itself, environments are the sign of pipelines. */
const readPipelines = async (work: CopyWork, files: SettingFiles): Promise<void> => {
	const [pipelines] = (await readPlain(work, files, 'pipelines', true)) ?? [];
	if (pipelines !== undefined && pipelines['enabled'] !== true) {
		return;
	}

	const environments = (await readPlain(work, files, 'environments', true)) ?? [];
	if (pipelines === undefined && environments.length === 0) {
		return;
	}

	for (const name of ofPipelines) {
		await readPlain(work, files, name);
	}

	await files.read({
		kind: 'environment-variables',
		name: 'environment-variables',
		ask: () => readVariables(work, environments),
		toFile: (value) => ({kind: 'settings', name: 'environment-variables', value}),
	});
};

/** The variables of each environment. They make one file, which changes only if all of them came. */
const readVariables = async (
	work: CopyWork,
	environments: readonly JsonObject[],
): Promise<WholeAnswer> => {
	const values: JsonObject[] = [];
	for (const {uuid, name} of environments) {
		const answer = await readWhole(work, {
			kind: 'environment-variables',
			repository: work.copy.repository,
			environment: String(uuid),
		});
		if (answer.state !== 'read') {
			return answer;
		}

		values.push({uuid, name, variables: answer.values});
	}

	return {state: 'read', values, isList: true};
};
