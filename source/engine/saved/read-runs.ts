import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {joinPath, ownFolder, runsFile} from '../../domain/plan/layout.ts';
import {parseRunLines, type RunLine} from '../../domain/run/run-line.ts';
import type {Files} from '../../ports/files.ts';

/** What earlier runs left in a source's `runs.jsonl`. */
export type SavedRuns = {
	/** Those that can be read, oldest first. */
	readonly lines: readonly RunLine[];
} & (
	| {readonly state: 'missing'}
	/** `unreadable`: so many lines say nothing, as a kill leaves one. */
	| {readonly state: 'read'; readonly unreadable: number}
	/** Something else lies in its place, or the disk does not give it. */
	| {readonly state: 'closed'; readonly failure: Failure}
);

/** Path of the list of runs in a source's folder. */
export const runsPath = (folder: string): string => joinPath(folder, ownFolder, runsFile);

/** Nothing that is saved depends on it: one that cannot be read is no reason to do nothing. */
export const readRuns = async (files: Files, folder: string): Promise<SavedRuns> => {
	try {
		const text = await files.readText(runsPath(folder));
		return text === undefined ? {state: 'missing', lines: []} : parse(text);
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'folder-unusable') {
			return {state: 'closed', lines: [], failure: error.failure};
		}

		throw error;
	}
};

/** A line that a kill cut short cannot be told from one that was damaged; both cost only what it said. */
const parse = (text: string): SavedRuns => {
	const lines = parseRunLines(text);
	const written = text.split('\n').filter((line) => line !== '').length;
	return {state: 'read', lines, unreadable: written - lines.length};
};
