import {type BigIntStats, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import type {Answer} from './answer.ts';

/** Answers to "which refs are there?", kept while no file that they depend on changes. */
export type Advertisements = {
	/** `variant` tells apart what one repository is asked in several ways. */
	read(path: string, variant: string, ask: () => Promise<Answer>): Promise<Answer>;
};

type Kept = {readonly print: string; readonly answer: Answer};

/** The answer is git's own the first time; its body is whole where it is kept. */
const readKept = async (
	kept: Map<string, Kept>,
	key: string,
	print: string,
	ask: () => Promise<Answer>,
): Promise<Answer> => {
	const known = kept.get(key);
	if (known?.print === print) {
		return known.answer;
	}
	const answer = await ask();
	if (answer.status !== 200 || !(answer.body instanceof Readable)) {
		return answer;
	}
	const whole = {...answer, body: await buffer(answer.body)};
	kept.set(key, {print, answer: whole});
	return whole;
};

/** Saves tests and demo a git process for every look at a repository that did not change. */
export const keepAdvertisements = (): Advertisements => {
	const kept = new Map<string, Kept>();
	return {
		read: (path, variant, ask) => readKept(kept, `${path}\0${variant}`, printOf(path), ask),
	};
};

const alike = new Map<string, Kept>();

/**
 * An answer that is the same for all repositories of one configuration, whichever sandbox they are
 * in: git is asked once. `question` tells apart what they are asked.
 */
export const readAlike = (
	path: string,
	question: string,
	ask: () => Promise<Answer>,
): Promise<Answer> => readKept(alike, question, readFileSync(join(path, 'config'), 'utf8'), ask);

/** Of all that git reads for its answer: a ref that is written gets a file or a folder of another age. */
const printOf = (path: string): string =>
	[
		...['HEAD', 'config', 'packed-refs'].map((name) => join(path, name)),
		...filesBelow(join(path, 'refs')),
	]
		.map(printOfFile)
		.join('\n');

const filesBelow = (folder: string): readonly string[] => [
	folder,
	...readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? filesBelow(path) : [path];
	}),
];

const printOfFile = (path: string): string => {
	const stats: BigIntStats | undefined = lstatSync(path, {bigint: true, throwIfNoEntry: false});
	return stats === undefined ? '' : `${path} ${stats.ino} ${stats.size} ${stats.mtimeNs}`;
};
