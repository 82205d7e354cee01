import type {JsonObject} from '../../domain/json.ts';
import {
	type MetadataFile,
	type ProjectSettingsName,
	pathOf,
	readSettingPath,
	type WorkspaceSettingsName,
} from '../../domain/metadata/paths.ts';
import type {Reading} from '../../domain/metadata/reading.ts';
import {
	areSettingsDue,
	estimateSettings,
	noSettings,
} from '../../domain/metadata/settings-state.ts';
import {estimateSnippets} from '../../domain/metadata/snippets.ts';
import type {ProjectList, WorkspaceList} from '../../ports/metadata.ts';
import type {Step} from './collect.ts';
import type {MetadataReader} from './reader.ts';
import {openSettingFiles, type SettingFiles} from './setting-files.ts';
import {readWhole} from './whole-answer.ts';

type WorkspaceQuestion = readonly [WorkspaceList, WorkspaceSettingsName];

const ofWorkspace: readonly WorkspaceQuestion[] = [
	['workspace', 'workspace'],
	['members', 'members'],
	['workspace-permissions', 'permissions'],
	['workspace-hooks', 'hooks'],
	['workspace-variables', 'variables'],
	['snippets', 'snippets'],
];

const projects: WorkspaceQuestion = ['projects', 'projects'];

const ofProject: readonly (readonly [ProjectList, ProjectSettingsName])[] = [
	['project-default-reviewers', 'default-reviewers'],
	['project-user-permissions', 'user-permissions'],
	['project-group-permissions', 'group-permissions'],
	['project-branching-model', 'branching-model'],
	['project-branching-model-settings', 'branching-model-settings'],
	['project-deploy-keys', 'deploy-keys'],
];

/** All settings of a workspace and its projects, by their questions. */
export const workspaceKinds = [...ofWorkspace, projects, ...ofProject].map(([kind]) => kind);

/**
 * About how many requests the workspace itself still takes: a round through its settings, if one is
 * due, and the contents of its snippets.
 */
export const estimateWorkspace = (
	{settings = noSettings, snippets}: Reading,
	now: number,
): number =>
	estimateSettings(
		settings,
		ofWorkspace.length + 1 + (settings.files['projects']?.items ?? 1) * ofProject.length,
		now,
	) + estimateSnippets(snippets, settings);

/** Goes through the settings of the workspace and of its projects, or on with it. */
export const readWorkspace: Step = async (work) => {
	if (!areSettingsDue(work.reading.settings ?? noSettings, work.session.clock.now())) {
		return;
	}

	work.tell('settings');
	const files = openSettingFiles(work);
	for (const question of ofWorkspace) {
		await readOne(work, files, question);
	}

	for (const project of (await readOne(work, files, projects, true)) ?? []) {
		await readProject(work, files, project);
	}

	await files.finish();
};

const readOne = (
	reader: MetadataReader,
	files: SettingFiles,
	[kind, name]: WorkspaceQuestion,
	isNeeded = false,
) =>
	files.read({
		kind,
		name,
		isNeeded,
		ask: () => readWhole(reader, {kind}),
		toFile: (value) => ({kind: 'workspace', name, value}),
	});

/** Every project has both. One that has not cannot be asked for. */
const readProject = async (
	reader: MetadataReader,
	files: SettingFiles,
	{key, uuid}: JsonObject,
): Promise<void> => {
	if (typeof key !== 'string' || typeof uuid !== 'string' || !/^\{[0-9a-f-]{36}\}$/i.test(uuid)) {
		return;
	}

	for (const [kind, name] of ofProject) {
		const toFile = (value: unknown): MetadataFile => ({kind: 'project', key, uuid, name, value});
		await files.read({
			kind,
			name: readSettingPath(pathOf(toFile(undefined))) ?? name,
			ask: () => readWhole(reader, {kind, project: key}),
			toFile,
		});
	}
};
