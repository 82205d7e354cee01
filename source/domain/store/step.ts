import {formatRefs, parseRefs} from '../history/history.ts';
import type {Refs} from '../plan/repository.ts';
import {isBundleName, isFileName, isStepName, isUuid} from './names.ts';

/** An object that a step names, with everything needed to check it. */
export type Sealed = {
	/** Below the repository's folder in the store. */
	readonly name: string;
	/** Bytes, and the hashes of the object as it lies there, hex. */
	readonly size: number;
	readonly sha256: string;
	readonly md5: string;
	/** SHA-256 of its content before it was sealed, hex. */
	readonly plain: string;
};

/** A file beside the mirrors. */
export type SentFile = {
	/** Below the repository's folder in the backup. */
	readonly path: string;
	readonly object: Sealed;
};

/** A small file beside the mirrors that goes along in the step: a run without a folder has to read it. */
export type StepText = {
	/** Below the repository's folder in the backup. */
	readonly path: string;
	readonly text: string;
};

/**
 * One state of a part of a repository, as it was sent. With the steps before it, it names everything
 * that this state is made of.
 */
export type Step = {
	readonly uuid: string;
	/** `workspace/slug` at that time, the title of its source, and the name of the part. */
	readonly name: string;
	readonly source: string;
	readonly part: string;
	/** When it was sent, RFC 3339. */
	readonly at: string;
	/** The text of `cistern.json`, in one line. */
	readonly record: string;
	/** The steps before it, by their names below the repository's folder. */
	readonly parents: readonly string[];
	/** Undefined if the steps before it have all objects. */
	readonly bundle: Sealed | undefined;
	/** Nothing of the steps before it is needed for this state. */
	readonly isFull: boolean;
	/**
	 * A run without a folder has sent it, and has seen upstream alone: its refs are upstream's, and its
	 * files come on top of those before. Only the steps before it tell what upstream took away.
	 */
	readonly isUpstream: boolean;
	/** Commits whose parents upstream itself does not have. */
	readonly shallow: readonly string[];
	/** The files that are new since the steps before it; of a full one, all. */
	readonly files: readonly SentFile[];
	/** Paths of files of the steps before it that this state does not have. */
	readonly without: readonly string[];
	/** All of this state; those of the steps before it do not count. */
	readonly texts: readonly StepText[];
	readonly head: string | undefined;
	/** Undefined for a part that is no git repository. */
	readonly refs: Refs | undefined;
};

const firstLine = 'cistern-step 1';

/** Safe to join to a folder: no step leads out of it. */
const pathForm = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const oidForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const sha256Form = /^[0-9a-f]{64}$/;
const md5Form = /^[0-9a-f]{32}$/;
const refLineForm =
	/^(?:ref: refs\/[^ \n]+ HEAD|(?:[0-9a-f]{40}|[0-9a-f]{64}) (?:HEAD|refs\/[^ \n]+))$/;

/** Names that git never gives a ref (git-check-ref-format), and that could lead out of its folder. */
const oddName = /\.\.|\/\.|\/\/|[/.]$|\.lock(?:\/|$)/;

/** Can a file of this path be sent? */
export const isSendable = (path: string): boolean => pathForm.test(path);

/**
 * A step as text: lines of a key and its value, an empty line, and the refs as `refs/cistern/history`
 * has them, so that `sed` and `git update-ref` are enough to bring it back. Throws if it cannot be
 * read back.
 */
export const formatStep = (step: Step): string => {
	const {head, refs} = step;
	const lines = [
		firstLine,
		`uuid ${step.uuid}`,
		`name ${step.name}`,
		`source ${step.source}`,
		`part ${step.part}`,
		`at ${step.at}`,
		`record ${step.record}`,
		...step.parents.map((parent) => `parent ${parent}`),
		...(step.bundle === undefined ? [] : [`bundle ${formatSealed(step.bundle)}`]),
		...(step.isFull ? ['full'] : []),
		...(step.isUpstream ? ['upstream'] : []),
		...step.shallow.map((oid) => `shallow ${oid}`),
		...step.files.map(({path, object}) => `file ${path} ${formatSealed(object)}`),
		...step.without.map((path) => `without ${path}`),
		...step.texts.map(({path, text}) => `text ${path} ${JSON.stringify(text)}`),
		...(refs === undefined ? ['no-refs'] : []),
	];
	const text = `${lines.join('\n')}\n\n${refs === undefined ? '' : formatRefs(head, refs)}`;
	if (lines.some((line) => line.includes('\n')) || parseStep(text).state !== 'read') {
		throw new Error(`the step of ${step.name} cannot be read back`);
	}

	return text;
};

const formatSealed = ({name, size, sha256, md5, plain}: Sealed): string =>
	`${name} sha256=${sha256} size=${size} md5=${md5} plain=${plain}`;

export type ReadStep =
	| {readonly state: 'read'; readonly step: Step}
	/** A later version of Cistern wrote it. */
	| {readonly state: 'newer'}
	| {readonly state: 'damaged'; readonly detail: string};

/** Reads a step's text. Keys that are not known are passed over. */
export const parseStep = (text: string): ReadStep => {
	const end = text.indexOf('\n\n');
	const [first = '', ...lines] = text.slice(0, end).split('\n');
	if (/^cistern-step \d+$/.test(first) && first !== firstLine) {
		return {state: 'newer'};
	}

	try {
		return {state: 'read', step: readStep(first, lines, end === -1 ? '' : text.slice(end + 2))};
	} catch (error) {
		return {state: 'damaged', detail: error instanceof StepError ? error.message : String(error)};
	}
};

class StepError extends Error {}

const readStep = (first: string, lines: readonly string[], refsText: string): Step => {
	check(first === firstLine, 'it does not begin as a step');
	const values = Map.groupBy(
		lines.map((line) => {
			const space = `${line} `.indexOf(' ');
			return [line.slice(0, space), line.slice(space + 1)] as const;
		}),
		([key]) => key,
	);
	const all = (key: string): readonly string[] => (values.get(key) ?? []).map(([, value]) => value);
	const one = (key: string): string => {
		const [value = '', second] = all(key);
		check(value !== '' && second === undefined, `it has not one ${key}`);
		return value;
	};
	const bundles = all('bundle').map((line) => readSealed(line, isBundleName));
	check(bundles.length <= 1, 'it has two bundles');
	const uuid = one('uuid');
	check(isUuid(uuid), 'its uuid is none');
	const at = one('at');
	check(!Number.isNaN(Date.parse(at)), 'its time is none');
	const parents = all('parent');
	check(parents.every(isStepName), 'the name of a step before it is none');
	const without = all('without');
	check(without.every(isSendable), 'the path of a file is none');
	const shallow = all('shallow');
	check(
		shallow.every((oid) => oidForm.test(oid)),
		'a shallow commit is none',
	);
	return {
		uuid,
		name: one('name'),
		source: one('source'),
		part: one('part'),
		at,
		record: one('record'),
		parents,
		bundle: bundles[0],
		isFull: values.has('full'),
		isUpstream: values.has('upstream'),
		shallow,
		files: all('file').map(readFile),
		without,
		texts: all('text').map(readText),
		...readRefs(refsText, !values.has('no-refs')),
	};
};

const readRefs = (text: string, hasRefs: boolean): Pick<Step, 'head' | 'refs'> => {
	if (!hasRefs) {
		check(text === '', 'it has refs and says that it has none');
		return {head: undefined, refs: undefined};
	}

	// A cut text must not pass for fewer refs.
	check(text.endsWith('\n'), 'its end is missing');
	const lines = text.slice(0, -1).split('\n');
	const isRight = (line: string): boolean => refLineForm.test(line) && !oddName.test(line);
	check(text === '\n' || lines.every(isRight), 'a ref is none');
	return parseRefs(text);
};

const readFile = (line: string): SentFile => {
	const [path = ''] = line.split(' ', 1);
	check(isSendable(path), 'the path of a file is none');
	return {path, object: readSealed(line.slice(path.length + 1), isFileName)};
};

const readText = (line: string): StepText => {
	const [path = ''] = line.split(' ', 1);
	check(isSendable(path), 'the path of a text is none');
	const text: unknown = JSON.parse(line.slice(path.length + 1));
	check(typeof text === 'string', 'a text is none');
	return {path, text};
};

const sealedForm = /^(\S+) sha256=(\S+) size=(\d{1,15}) md5=(\S+) plain=(\S+)$/;

const readSealed = (line: string, isName: (name: string) => boolean): Sealed => {
	const [, name = '', sha256 = '', size = '', md5 = '', plain = ''] = sealedForm.exec(line) ?? [];
	check(
		isName(name) && sha256Form.test(sha256) && md5Form.test(md5) && sha256Form.test(plain),
		'it names an object that is none',
	);
	return {name, size: Number(size), sha256, md5, plain};
};

function check(isRight: boolean, problem: string): asserts isRight {
	if (!isRight) {
		throw new StepError(problem);
	}
}
