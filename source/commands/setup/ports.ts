import type {StoreAnswer} from '../../domain/answers/store-answer.ts';
import type {ReachedTarget} from '../../domain/answers/target-answer.ts';
import {credentialFrom, type WizardAnswers} from '../../domain/answers/wizard-answers.ts';
import {exitCodes} from '../../domain/failure/exit-code.ts';
import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import type {PartSettings} from '../../domain/record/gap.ts';
import {readPartSettings} from '../../domain/settings/make-source.ts';
import {type Credential, defaultApiUrl, type Source} from '../../domain/settings/settings.ts';
import type {SettingsEdit} from '../../domain/settings/settings-edit.ts';
import {
	chooseTitle,
	contentOf,
	editFromAnswers,
	maskEdit,
	storeEntryFrom,
	storeTitle,
	targetEntryFrom,
} from '../../domain/settings/settings-edit.ts';
import {capitalise} from '../../domain/text/format.ts';
import {checkAccess} from '../../engine/access/check-access.ts';
import {lookUpWorkspace} from '../../engine/access/workspace.ts';
import {inspectFolder} from '../../engine/saved/inspect-folder.ts';
import {checkStore} from '../../engine/store/check-store.ts';
import {parts} from '../../parts/registry.ts';
import type {KeychainSecret} from '../../ports/keychains.ts';
import type {SetupWorld} from '../../ports/world.ts';
import {gatherFrom} from '../../settings/gather-targets.ts';
import {openStoreOf} from '../../settings/load-store.ts';
import {resolveFolder} from '../../settings/locate-folder.ts';
import type {SetupPorts} from '../../ui/ask/setup/form.ts';
import {apiUrlFor, type SetupContext, sourceBefore} from './context.ts';

type Surroundings = {
	readonly world: SetupWorld;
	readonly context: SetupContext;
	readonly signal: AbortSignal;
};

/** The wizard's ports; `remembered` ends when all that was to be remembered is written. */
export const makeSetupPorts = (
	surroundings: Surroundings,
): {readonly ports: SetupPorts; readonly remembered: () => Promise<void>} => {
	const {world, context, signal} = surroundings;
	const run = world.newRunName();
	const connect = (source: Source) => world.connect(source, run).bitbucket;
	let remembered = Promise.resolve();

	const ports: SetupPorts = {
		lookUpWorkspace: ({workspace, replaces}, stop) => {
			const apiUrl = apiUrlFor(context, {replaces});
			const source = makeSource({workspace, type: 'org'}, {kind: 'none'}, apiUrl);
			return lookUpWorkspace(source, connect, stop);
		},
		check: (answers, options) =>
			checkAccess({
				source: {
					...makeSource(answers, credentialFrom(answers), apiUrlFor(context, answers)),
					ofParts: settingsBefore(context, answers),
				},
				connect,
				parts,
				isSetUp: true,
				...options,
			}),
		inspectFolder: (path) =>
			explained(
				() => inspectFolder(resolveFolder(path, world.settings.homeFolder), world.files),
				'Type another folder, or repair this one and press Enter again.',
			),
		sendTest: (target, stop) => sendTestTo(target, surroundings, stop),
		makeKeyPair: world.makeKeyPair,
		tryStore: (answer, options) => tryStore(answer, surroundings, options),
		previewSettings: async (answers) =>
			world.settings.previewSource(maskEdit(makeEdit(answers, surroundings, answers.folder))),
		save: (answers) =>
			explained(async () => {
				const secret = secretOf(answers, context);
				if (secret !== undefined && answers.tokenPlace?.kind === 'keychain') {
					await world.keychains.store(answers.tokenPlace.command, secret, signal);
				}

				await world.settings.saveSource(context.file, makeEdit(answers, surroundings));
				return context.file;
			}),
		remember: (answers) => {
			// One write after the other. An answer that could not be kept is asked again.
			remembered = remembered.then(() => world.memory.write(answers)).catch(() => {});
		},
	};
	return {ports, remembered: () => remembered};
};

/** Reads the target as a run will read it out of the settings file. */
const sendTestTo = async (
	target: ReachedTarget,
	{world, context}: Surroundings,
	signal: AbortSignal,
): Promise<string | undefined> => {
	const content = contentOf(targetEntryFrom(target));
	const party = gatherFrom(content, world, {config: context.file, source: undefined}, signal);
	const [draft] = party.drafts;
	// Loaded lazily: few setups send a message, and none waits for it before.
	const {sendTest} = await import('../tell.ts');
	return draft === undefined ? 'the settings do not take it' : sendTest(world, party, draft);
};

/** Reads the store as a run will read it out of the settings file. */
const tryStore = async (
	answer: StoreAnswer,
	{world, context: {file}}: Surroundings,
	options: Parameters<SetupPorts['tryStore']>[1],
): Promise<boolean> => {
	const document = {content: contentOf(storeEntryFrom(answer)), locate: () => undefined};
	const {opened} = await openStoreOf(world, {file, document, title: storeTitle}, options.signal);
	if (opened === undefined) {
		return false;
	}

	const store = world.openStore(opened);
	const exitCode = await checkStore({store, settings: opened, reading: undefined, ...options});
	return exitCode === exitCodes.done;
};

/** The source that the answers describe, as far as Bitbucket is asked about it. */
export const makeSource = (
	{workspace, type}: Pick<Source, 'workspace' | 'type'>,
	credential: Credential,
	apiUrl: string | undefined,
): Source => ({
	title: workspace,
	type,
	workspace,
	credential,
	includeRepos: [],
	ignoreRepos: [],
	apiUrl: apiUrl ?? defaultApiUrl,
	ofParts: {},
	tokenExpires: undefined,
});

/** The settings of parts that the file has already. An offer does not change them. */
const settingsBefore = (
	context: SetupContext,
	answers: Pick<WizardAnswers, 'replaces'>,
): PartSettings => {
	const before = sourceBefore(context, answers);
	return before === undefined ? {} : readPartSettings(before);
};

const secretOf = (answers: WizardAnswers, {titles}: SetupContext): KeychainSecret | undefined =>
	answers.token && {title: chooseTitle(answers, titles), token: answers.token};

/** `folder` is given to show it even if the file names it already. */
const makeEdit = (
	answers: WizardAnswers,
	{world, context}: Surroundings,
	folder?: string,
): SettingsEdit => {
	const {token, tokenPlace} = answers;
	const secret = secretOf(answers, context);
	const before = sourceBefore(context, answers);
	const isSameToken = before?.password?.text === token?.reveal();
	const edit = editFromAnswers(answers, {
		titles: context.titles,
		folder: context.folder,
		passwordCommand:
			secret !== undefined && tokenPlace?.kind === 'keychain'
				? world.keychains.commandFor(tokenPlace.command, secret)
				: undefined,
		// Another token expires on another day.
		tokenExpires: isSameToken ? before?.tokenExpires?.text : undefined,
		apiUrl: context.api.toWrite,
		ofParts: {...answers.offered, ...settingsBefore(context, answers)},
	});
	return folder === undefined ? edit : {...edit, localFolder: folder};
};

/** Turns failures into sentences, which the wizard shows; `toDo` replaces the usual advice. */
const explained = async <Result>(act: () => Promise<Result>, toDo?: string): Promise<Result> => {
	try {
		return await act();
	} catch (error) {
		if (error instanceof FailureError) {
			const {what, advice} = describeFailure(error.failure);
			throw new Error(`${capitalise(what)}. ${toDo ?? advice}`);
		}

		throw error;
	}
};
