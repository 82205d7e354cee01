import {readBatch} from './batch-output.ts';
import {failureOfGit} from './git-failure.ts';
import {linesIn, type StartGit} from './start-git.ts';

/** Facts from which a walk need not find them out. */
export type Known = {
	/** Commits that are there with everything they reach. */
	readonly whole: ReadonlySet<string>;
	/** Damaged objects. git finds them and does not see the damage of a file. */
	readonly damaged: ReadonlySet<string>;
};

/**
 * Finds the tips that reach a missing or damaged object, in one walk over all of them: each commit
 * and each tree is read once, and each file is looked up once.
 */
export const findBrokenTips = async (
	start: StartGit,
	mirror: string,
	tips: readonly string[],
	known: Known,
	signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
	const graph = openGraph(known);
	for (const tip of tips) {
		graph.add(tip);
	}

	const about = {start, mirror, signal};
	await askAll({...about, mode: '--batch', read: readObjects}, graph.toRead, graph.expand);
	const mode = '--batch-check=%(objectname) %(objecttype)';
	await askAll({...about, mode, read: readTypes}, graph.files, (oid, answer) => {
		if (answer === undefined) {
			graph.breakAt(oid);
		}
	});
	return graph.findBroken(tips);
};

type Answer = {readonly type: string; readonly content: Buffer};

/** No answer means that the object is missing or damaged. */
type OnAnswer = (oid: string, answer: Answer | undefined) => void;

type Question = {
	readonly start: StartGit;
	readonly mirror: string;
	/** The option of `git cat-file`, and how its answers are read. */
	readonly mode: string;
	readonly read: (output: Output) => AsyncIterable<Answer | undefined>;
	readonly signal: AbortSignal;
};

type Output = AsyncIterable<Buffer>;

/** Questions on their way at a time: enough to keep git busy, and few enough for its pipe. */
const mostOnTheWay = 500;

/**
 * Asks git about objects; the list may grow meanwhile. git ends at a damaged one, and then another
 * git is asked the rest.
 */
const askAll = async (
	{start, mirror, mode, read, signal}: Question,
	oids: readonly string[],
	onAnswer: OnAnswer,
): Promise<void> => {
	let answered = 0;
	while (answered < oids.length) {
		signal.throwIfAborted();
		const git = await start(mirror, ['cat-file', mode]);
		const end = (): void => void git.kill();
		signal.addEventListener('abort', end);
		let sent = answered;
		const send = (): void => {
			const some = oids.slice(sent, answered + mostOnTheWay);
			sent += some.length;
			if (some.length > 0) {
				git.stdin.write(some.map((oid) => `${oid}\n`).join(''));
			}
		};

		send();
		for await (const answer of read(git.stdout)) {
			onAnswer(oids[answered] ?? '', answer);
			answered += 1;
			if (answered === sent || sent - answered < mostOnTheWay / 2) {
				send();
			}

			if (answered === oids.length) {
				git.stdin.end();
			}
		}

		const {words} = await git.ended.finally(() => signal.removeEventListener('abort', end));
		signal.throwIfAborted();
		if (answered < oids.length) {
			requireDamage(words, mirror);
			onAnswer(oids[answered] ?? '', undefined);
			answered += 1;
		}
	}
};

/** git may also end because it lacks memory or files, which says nothing about the object. */
const requireDamage = (words: string, mirror: string): void => {
	const error = failureOfGit(words, {mirror});
	if (error.failure.kind !== 'mirror-unusable' && !/cannot be read|disappeared/.test(words)) {
		throw error;
	}
};

async function* readObjects(output: Output): AsyncGenerator<Answer | undefined> {
	for await (const object of readBatch(output)) {
		yield object?.content && {type: object.type, content: object.content};
	}
}

/** The same without contents, which git was not asked for. */
async function* readTypes(output: Output): AsyncGenerator<Answer | undefined> {
	for await (const lines of linesIn(output)) {
		for (const [, type = ''] of lines.map((line) => line.split(' '))) {
			yield type === 'missing' ? undefined : {type, content: nothing};
		}
	}
}

const nothing = Buffer.alloc(0);

/** The objects that some tips reach, and the ways between them. */
const openGraph = ({whole, damaged}: Known) => {
	const numbers = new Map<string, number>();
	const broken = new Set<number>();
	const toRead: string[] = [];
	const files: string[] = [];
	// A way leads from an object to one that it names. Arrays of numbers: there are millions.
	let ways = new Int32Array(1024);
	let count = 0;

	const numberOf = (oid: string, list: string[]): number => {
		const known = numbers.get(oid);
		if (known !== undefined) {
			return known;
		}

		const number = numbers.size;
		numbers.set(oid, number);
		if (damaged.has(oid)) {
			broken.add(number);
		} else if (!whole.has(oid)) {
			list.push(oid);
		}

		return number;
	};

	const connect = (from: number, oid: string, list: string[]): void => {
		if (count + 2 > ways.length) {
			const longer = new Int32Array(ways.length * 2);
			longer.set(ways);
			ways = longer;
		}

		ways[count] = from;
		ways[count + 1] = numberOf(oid, list);
		count += 2;
	};

	const breakAt = (oid: string): void => {
		broken.add(numberOf(oid, files));
	};

	return {
		toRead,
		files,
		breakAt,
		add: (tip: string): void => void numberOf(tip, toRead),
		expand: (oid: string, answer: Answer | undefined): void => {
			const from = numberOf(oid, toRead);
			if (answer === undefined) {
				breakAt(oid);
			} else if (answer.type === 'tree') {
				for (const {name, isFile} of readTree(answer.content, oid.length / 2)) {
					connect(from, name, isFile ? files : toRead);
				}
			} else if (answer.type === 'commit' || answer.type === 'tag') {
				for (const name of readHeader(answer.content)) {
					connect(from, name, toRead);
				}
			}
		},
		findBroken: (tips: readonly string[]): ReadonlySet<string> => {
			// Mostly an object has a lower number than those it names, so that one pass backwards is enough.
			for (let before = -1; before !== broken.size; ) {
				before = broken.size;
				for (let at = count - 2; at >= 0; at -= 2) {
					if (broken.has(ways[at + 1] ?? 0)) {
						broken.add(ways[at] ?? 0);
					}
				}
			}

			return new Set(tips.filter((tip) => broken.has(numbers.get(tip) ?? -1)));
		},
	};
};

/** The objects that the header of a commit or tag names. */
const readHeader = (content: Buffer): readonly string[] => {
	const end = content.indexOf('\n\n');
	const header = content.toString('latin1', 0, end < 0 ? content.length : end);
	return [...header.matchAll(/^(?:tree|parent|object) ([0-9a-f]+)$/gm)].map(([, oid = '']) => oid);
};

const submodule = '160000';

/** The entries of a tree: mode, blank, name, NUL, and the id in bytes. Without submodules. */
const readTree = (
	content: Buffer,
	idLength: number,
): readonly {readonly name: string; readonly isFile: boolean}[] => {
	const entries: {name: string; isFile: boolean}[] = [];
	for (let at = 0; at < content.length; ) {
		const blank = content.indexOf(' ', at);
		const start = content.indexOf(0, blank) + 1;
		if (blank < 0 || start === 0) {
			break;
		}

		const mode = content.toString('latin1', at, blank);
		if (mode !== submodule) {
			const name = content.toString('hex', start, start + idLength);
			entries.push({name, isFile: !/^0?4/.test(mode)});
		}

		at = start + idLength;
	}

	return entries;
};
