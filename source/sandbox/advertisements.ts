import {type BigIntStats, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import type {Answer} from './answer.ts';

/** Answers to "which refs are there?", kept while no file that they depend on changes. */
export type Advertisements = {
	/** `variant` tells apart what one repository is asked in several ways. */
	read(path: string, variant: string, ask: () => Promise<Answer>): Promise<Answer>;
	/**
	 * For protocol 2, which begins with what the server can do (gitprotocol-v2(5), "Initial Client
	 * Request"): the same for all repositories of one configuration.
	 */
	readAbilities(path: string, ask: () => Promise<Answer>): Promise<Answer>;
};

type Kept = {readonly print: string; readonly answer: Answer};

/** Saves tests and demo a git process for every look at a repository that did not change. */
export const keepAdvertisements = (): Advertisements => {
	const kept = new Map<string, Kept>();
	const readKept = async (
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

	return {
		read: (path, variant, ask) => readKept(`${path}\0${variant}`, printOf(path), ask),
		readAbilities: (path, ask) =>
			readKept('abilities', readFileSync(join(path, 'config'), 'utf8'), ask),
	};
};

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
