import type {AskingRestore, RestoreInvocation} from '../arguments/invocation.ts';
import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {parseMessage} from '../domain/history/history.ts';
import {joinPath, repoFolder} from '../domain/plan/layout.ts';
import {fullName} from '../domain/plan/repository.ts';
import {formatCount, formatMoment} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {findRestorable, type RestorableRepository} from '../engine/restore/choose.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {resolveFolder} from '../settings/locate-folder.ts';
import type {Option} from '../ui/ask/question.ts';
import type {RestorePorts} from '../ui/ask/restore-questions.tsx';
import {terminalFeatures} from '../ui/ask/terminal-features.ts';
import {savedSources} from './saved-sources.ts';

/** The option that stands for every repository, and the one for the newest state. */
const everything = '';
const newest = '';

/**
 * Asks for the repository, the time and the folder. Undefined if the user left. Throws a
 * StopError if there is no terminal to ask in, or nothing is saved.
 */
export const askWhatToRestore = async (
	world: World,
	{options, from}: AskingRestore,
	signal: AbortSignal,
): Promise<RestoreInvocation | undefined> => {
	const {terminal, files, settings, clock, environment} = world;
	if (!terminal.canAsk || options.yes) {
		throw new StopError('Name the repositories to restore, or use --all.', {
			advice: '"cistern restore --help" shows the options.',
			exitCode: exitCodes.usage,
		});
	}

	const found = await findRestorable(files, await savedSources(world, options, from), 'all', parts);
	if (found.length === 0) {
		throw new StopError('Nothing is saved yet.', {advice: '"cistern" makes the first backup.'});
	}

	// Loaded lazily: Ink adds half a second to start-up.
	const {askForRestore} = await import('../ui/ask/restore-questions.tsx');
	const result = await askForRestore({
		signal,
		situation: {repositories: listChoices(found), now: clock.now()},
		ports: makePorts(world, found),
		features: terminalFeatures(terminal, environment),
	});
	if (result.kind === 'left') {
		return undefined;
	}

	const {repository, at, folder} = result.answers;
	return {
		command: 'restore',
		store: undefined,
		options,
		from,
		repositories: repository === everything ? 'all' : [repository],
		to: {kind: 'folder', folder: resolveFolder(folder, settings.homeFolder), bare: false},
		at,
		leftOut: [],
	};
};

const listChoices = (found: readonly RestorableRepository[]): readonly Option[] => [
	...found.map(({folder, record}) => ({
		id: folder,
		label: toPrintable(fullName(record)),
		detail: remarkOn(record),
	})),
	...(found.length > 1
		? [{id: everything, label: `all ${found.length} repositories`, detail: ''}]
		: []),
];

const remarkOn = ({parts: saved, goneSince}: RestorableRepository['record']): string => {
	if (Object.keys(saved).length === 0) {
		return 'its record is lost';
	}

	return goneSince === undefined ? '' : 'gone from Bitbucket';
};

const makePorts = (world: World, found: readonly RestorableRepository[]): RestorePorts => {
	const git = world.openGit(world.newRunName());
	return {
		readMoments: async (id) => {
			const repository = found.find(({folder}) => folder === id);
			return repository === undefined ? [] : readMoments(world, git, repository);
		},
		checkFolder: async (folder) => {
			const path = resolveFolder(folder, world.settings.homeFolder);
			return (await world.files.isVacant(path))
				? undefined
				: `${path} is not empty. Name a folder that is empty or does not exist yet.`;
		},
	};
};

const readMoments = async (
	{clock}: World,
	git: ReturnType<World['openGit']>,
	{source, folder}: RestorableRepository,
): Promise<readonly Option[]> => {
	const log = await git.readHistoryLog(joinPath(source.folder, folder, repoFolder));
	return log.map(({at, message}, index) => {
		const moment = new Date(at).toISOString();
		return {
			id: index === 0 ? newest : moment,
			label: `${formatMoment(moment, clock.now())}${index === 0 ? ', as last saved' : ''}`,
			detail: formatCount(parseMessage(message).changes.length, 'change'),
		};
	});
};
