import type {ShowInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {failureOf, StopError} from '../domain/failure/failure.ts';
import {joinPath, workspaceFolder} from '../domain/plan/layout.ts';
import {fullName} from '../domain/plan/repository.ts';
import {formatMoment, quote} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {findRestorable, type RestorableRepository} from '../engine/restore/choose.ts';
import type {SavedSource} from '../engine/saved/find-repositories.ts';
import {
	listNumbers,
	listPullRequests,
	openMetadata,
	readWhole,
} from '../engine/saved/read-pull-requests.ts';
import {metadataName} from '../parts/metadata/entry.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {formatUnreadable} from '../ui/describe-failed.ts';
import {formatJsonLine} from '../ui/json/json.ts';
import {formatRow} from '../ui/show/list.ts';
import {formatPullRequest} from '../ui/show/pull-request.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {isPattern} from './place-restored.ts';
import {readMoment} from './read-moment.ts';
import {savedSources} from './saved-sources.ts';
import {withFetched} from './with-fetched.ts';
import {type OpenedRepository, writePages} from './write-pages.ts';

/** `cistern show`: reads saved pull requests, from a backup folder without network, or from a store. */
export const show = async (
	world: World,
	invocation: ShowInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {options, store, repositories} = invocation;
	if (store === undefined) {
		return showSaved(world, invocation, signal);
	}

	const names = repositories === 'all' ? [] : repositories;
	const wanted = {options, from: store, repositories: names, only: metadataName};
	return withFetched(world, wanted, signal, (folder) =>
		showSaved(world, {...invocation, from: folder}, signal),
	);
};

const showSaved = async (
	world: World,
	invocation: ShowInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {options, number, html: folder} = invocation;
	const sources = await savedSources(world, options, invocation.from);
	const {opened, unreadable} = await openAll(world, sources, invocation);
	if (folder !== undefined) {
		await writePages(world, opened, {folder, sources, isQuiet: options.quiet, signal});
	} else if (number === undefined) {
		for (const one of opened) {
			await printList(world, one, {invocation, isAlone: opened.length === 1});
		}
	} else {
		for (const one of opened) {
			await printOne(world, one, number, options.json);
		}
	}

	for (const text of unreadable) {
		world.terminal.writeError(text);
	}

	return unreadable.length === 0 ? exitCodes.done : exitCodes.incomplete;
};

type Opened = {
	readonly opened: readonly OpenedRepository[];
	/** The reasons why the others could not be read, in words. */
	readonly unreadable: readonly string[];
};

/** Throws a StopError if no pull request is saved of what the user named. */
const openAll = async (
	world: World,
	sources: readonly SavedSource[],
	invocation: ShowInvocation,
): Promise<Opened> => {
	const {repositories, at: moment} = invocation;
	const now = world.clock.now();
	const at = readMoment(moment, now);
	const git = world.openGit(world.newRunName());
	const opened: OpenedRepository[] = [];
	const unreadable: string[] = [];
	let first: number | undefined;
	const found = await findRestorable(world.files, sources, repositories, parts, true);
	refuseWorkspace(found, invocation);
	for (const repository of found.filter(({folder}) => folder !== workspaceFolder)) {
		const {source, folder, record} = repository;
		try {
			const saved = await openMetadata(git, joinPath(source.folder, folder, metadataName), at);
			if ('state' in saved) {
				first = Math.min(
					first ?? Number.POSITIVE_INFINITY,
					saved.first ?? Number.POSITIVE_INFINITY,
				);
			} else {
				opened.push({repository, saved});
			}
		} catch (error) {
			// A copy that cannot be read does not hide the others.
			unreadable.push(formatUnreadable(fullName(record), failureOf(error)));
		}
	}

	if (opened.length === 0 && unreadable.length === 0) {
		throw nothingSaved(repositories, first, now);
	}

	return {opened, unreadable};
};

/** The command that brings files of everything that is saved. */
const bringAll = (
	{source, folder, record}: RestorableRepository,
	{store}: Pick<ShowInvocation, 'store'>,
): string =>
	toPrintable(
		store === undefined
			? `git clone ${quote(joinPath(source.folder, folder, metadataName))} ${folder.replaceAll('#', '-')}-metadata`
			: `cistern fetch ${folder === workspaceFolder ? folder : record.slug} --store ${quote(store.store)} --to DIR`,
	);

/** A workspace has settings alone, and they are read as files. Throws a StopError if it was named. */
const refuseWorkspace = (
	found: readonly RestorableRepository[],
	invocation: ShowInvocation,
): void => {
	const [one] = found;
	if (one !== undefined && found.every(({folder}) => folder === workspaceFolder)) {
		throw new StopError('The settings of the workspace are saved as files.', {
			advice: `This makes a folder of them: ${bringAll(one, invocation)}`,
		});
	}
};

/** `first`: when metadata was first saved; infinite if it never was. */
const nothingSaved = (
	repositories: ShowInvocation['repositories'],
	first: number | undefined,
	now: number,
): StopError => {
	const names =
		repositories === 'all' || isPattern(repositories)
			? ''
			: ` of ${repositories.map((name) => `"${toPrintable(name)}"`).join(', ')}`;
	return first === undefined || !Number.isFinite(first)
		? new StopError(`No pull request${names} is saved.`, {
				advice: 'With "metadata: true" in the settings, a backup saves them too.',
			})
		: new StopError(`No pull request${names} was saved by then.`, {
				advice: `The first were saved ${formatMoment(new Date(first).toISOString(), now)}.`,
			});
};

const printList = async (
	{terminal, clock}: World,
	{repository, saved}: OpenedRepository,
	{invocation, isAlone}: {readonly invocation: ShowInvocation; readonly isAlone: boolean},
): Promise<void> => {
	const isJson = invocation.options.json;
	const name = fullName(repository.record);
	const numbers = await listNumbers(saved);
	const options = {...textStyleForOut(terminal), now: clock.now(), greatest: numbers[0] ?? 0};
	if (!isJson && !isAlone) {
		terminal.writeOut(`  ${options.paint('bold', toPrintable(name))}\n\n`);
	}

	for await (const one of listPullRequests(saved, numbers)) {
		terminal.writeOut(
			isJson
				? formatJsonLine({type: 'pull-request', repository: name, ...one})
				: formatRow(one, options),
		);
	}

	if (!isJson && numbers.length === 0) {
		terminal.writeOut('  It has no pull request.\n');
	}

	if (!isJson && isAlone) {
		terminal.writeOut(`\n  settings and all else: ${bringAll(repository, invocation)}\n`);
	}

	if (!isJson && !isAlone) {
		terminal.writeOut('\n');
	}
};

/** Throws a StopError if there is no such pull request. */
const printOne = async (
	{terminal, clock}: World,
	{repository, saved}: OpenedRepository,
	number: number,
	isJson: boolean,
): Promise<void> => {
	const {record} = repository;
	const name = fullName(record);
	for await (const whole of readWhole(saved, [number])) {
		const options = {
			...textStyleForOut(terminal),
			repository: record.slug,
			now: clock.now(),
			savedAt: saved.at,
			people: saved.people,
		};
		const {pullRequest, ...discussion} = whole;
		terminal.writeOut(
			isJson
				? formatJsonLine({
						type: 'pull-request',
						repository: name,
						...pullRequest,
						...discussion,
					})
				: formatPullRequest(whole, options),
		);
		return;
	}

	throw new StopError(`Pull request ${number} of ${toPrintable(name)} is not saved.`, {
		advice: `"cistern show ${toPrintable(record.slug)}" lists those that are.`,
	});
};
