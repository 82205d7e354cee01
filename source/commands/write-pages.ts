import {join} from 'node:path';
import {StopError} from '../domain/failure/failure.ts';
import {fullName} from '../domain/plan/repository.ts';
import {nameFolders} from '../domain/restore/places.ts';
import {isOpen} from '../domain/show/pull-request.ts';
import {formatCount, formatNumber, quote} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {RestorableRepository} from '../engine/restore/choose.ts';
import type {SavedSource} from '../engine/saved/find-repositories.ts';
import {
	listNumbers,
	listPullRequests,
	readWhole,
	type SavedMetadata,
} from '../engine/saved/read-pull-requests.ts';
import type {Files} from '../ports/files.ts';
import type {World} from '../ports/world.ts';
import {resolveFolder} from '../settings/locate-folder.ts';
import {keepHeapSmall} from '../small-heap.ts';
import type {Html} from '../ui/show/html.ts';
import {
	formatListPage,
	formatPage,
	formatPageRow,
	formatRoot,
	type ListedRepository,
	nameListPage,
} from '../ui/show/pages.ts';
import {style} from '../ui/show/style.ts';
import {refuseInBackup} from './place-restored.ts';

/** A repository whose metadata is to be shown. */
export type OpenedRepository = {
	readonly repository: RestorableRepository;
	readonly saved: SavedMetadata;
};

type Destination = {
	/** As the user wrote it. */
	readonly folder: string;
	readonly sources: readonly SavedSource[];
	readonly isQuiet: boolean;
	readonly signal: AbortSignal;
};

/**
 * Writes pages for a browser into a new folder: one for each pull request, lists, and last the
 * `index.html` that leads to them all. A page is written as soon as it is read, so 100,000 take no
 * more memory than one.
 */
export const writePages = async (
	{files, settings, terminal}: World,
	opened: readonly OpenedRepository[],
	{folder, sources, isQuiet, signal}: Destination,
): Promise<void> => {
	const root = resolveFolder(folder, settings.homeFolder);
	await refuseInBackup(files, [root], sources);
	if (!(await files.isVacant(root))) {
		throw new StopError(`${root} is not empty.`, {
			advice: 'Name a folder that is empty or does not exist yet: nothing there is overwritten.',
		});
	}

	keepHeapSmall();
	await files.makeFolder(root);
	await files.appendText(join(root, 'style.css'), style);
	const names = nameFolders(
		opened.map(({repository: {source, folder: own, record}}) => ({
			source: source.source,
			folder: own,
			slug: record.slug,
			suffix: '',
		})),
	);
	const listed: ListedRepository[] = [];
	for (const [index, one] of opened.entries()) {
		const name = names[index]?.name ?? one.repository.folder;
		const written = await writeRepository(files, one, {root, name, signal});
		listed.push(written);
		if (!isQuiet) {
			const {repository, total} = written;
			terminal.writeError(`${toPrintable(repository)}: ${formatCount(total, 'pull request')}\n`);
		}
	}

	await files.appendText(join(root, 'index.html'), formatRoot(listed));
	if (!isQuiet) {
		const total = listed.reduce((sum, one) => sum + one.total, 0);
		const pages = total === 1 ? '1 page' : `${formatNumber(total)} pages`;
		terminal.writeError(`${pages}; open ${quote(toPrintable(join(root, 'index.html')))}\n`);
	}
};

const writeRepository = async (
	files: Files,
	{repository: {record}, saved}: OpenedRepository,
	{
		root,
		name,
		signal,
	}: {readonly root: string; readonly name: string; readonly signal: AbortSignal},
): Promise<ListedRepository> => {
	const repository = fullName(record);
	const folder = join(root, name);
	await files.makeFolder(folder);
	const numbers = await listNumbers(saved);
	const open = await writeList(files, folder, repository, {saved, numbers});
	const options = {repository, savedAt: saved.at, people: saved.people};
	for await (const whole of readWhole(saved, numbers)) {
		signal.throwIfAborted();
		const file = join(folder, `${whole.pullRequest.id}.html`);
		await files.appendText(file, formatPage(whole, options));
	}

	return {repository, name, total: numbers.length, open};
};

/** Rows of one page of a list. */
const rowsOfPage = 500;

/** Gives the number of open pull requests. */
const writeList = async (
	files: Files,
	folder: string,
	repository: string,
	{saved, numbers}: {readonly saved: SavedMetadata; readonly numbers: readonly number[]},
): Promise<number> => {
	const total = numbers.length;
	const pages = Math.max(1, Math.ceil(total / rowsOfPage));
	let page = 1;
	let open = 0;
	let rows: Html[] = [];
	const write = async (): Promise<void> => {
		const text = formatListPage(rows, {repository, page, pages, total});
		await files.appendText(join(folder, nameListPage(page)), text);
		page += 1;
		rows = [];
	};
	for await (const pullRequest of listPullRequests(saved, numbers)) {
		rows.push(formatPageRow(pullRequest));
		open += isOpen(pullRequest) ? 1 : 0;
		if (rows.length === rowsOfPage) {
			await write();
		}
	}

	if (rows.length > 0 || page === 1) {
		await write();
	}

	return open;
};
