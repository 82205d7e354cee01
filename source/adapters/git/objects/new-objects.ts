import {hashOf} from '../mirror.ts';
import {listEntries, openObjects, type ReadObject} from './commit-files.ts';
import {type GitObject, makeObject} from './loose-objects.ts';

export type NewObjects = {
	readonly objects: readonly GitObject[];
	/** Does one of them build on something that is known? */
	readonly isBased: boolean;
};

/** Objects, and bytes of all of them. Beyond, the deltas that git makes are worth the start of a process. */
const most = {objects: 48, bytes: 64 * 1024};

/**
 * Everything that `tips` reach and that nothing in `known` reaches, and perhaps some more, each compared
 * with its id. Found without a process: for a few small objects, starting git takes longer. Undefined
 * where git should look. Throws the signal's reason as soon as it aborts.
 */
export const findNewObjects = async (
	mirror: string,
	tips: Iterable<string>,
	known: ReadonlySet<string>,
	signal: AbortSignal,
): Promise<NewObjects | undefined> => {
	const openObject = openObjects(mirror, most.bytes);
	const readObject: ReadObject = (oid) => {
		signal.throwIfAborted();
		return openObject(oid);
	};
	try {
		return await walk(readObject, new Set(tips), known);
	} catch {
		signal.throwIfAborted();
		return undefined;
	}
};

const walk = async (
	readObject: ReadObject,
	tips: ReadonlySet<string>,
	known: ReadonlySet<string>,
): Promise<NewObjects> => {
	const hash = hashOf(tips);
	const found = new Map<string, GitObject>();
	const seen = new Map<string, Promise<Checked>>();
	const read = (oid: string): Promise<Checked> => {
		const checked = seen.get(oid) ?? readObject(oid).then((object) => check(oid, object, hash));
		seen.set(oid, checked);
		return checked;
	};

	let bytes = 0;
	const take = ({oid, bytes: all}: GitObject): void => {
		bytes += found.has(oid) ? 0 : all.length;
		found.set(oid, {oid, bytes: all});
		if (found.size > most.objects || bytes > most.bytes) {
			throw new Error('many objects');
		}
	};

	const entriesOf = async (tree: string): Promise<readonly Entry[]> =>
		readEntries(await read(tree));

	/**
	 * Pairs of trees that were compared. A few trees that contain each other many times make a path for
	 * each way through them, more than a computer can walk.
	 */
	const compared = new Set<string>();
	/** Takes what `tree` has and `old` has not. Another `old` may lack more, so the tree is compared again. */
	const takeTree = async (tree: string, old: string | undefined): Promise<void> => {
		const pair = `${tree} ${old}`;
		if (compared.has(pair)) {
			return;
		}

		compared.add(pair);
		take(ofType('tree', await read(tree)));
		const before = old === undefined ? [] : await entriesOf(old);
		const there = new Set(before.map(({oid}) => oid));
		for (const {name, oid, type} of await entriesOf(tree)) {
			if (there.has(oid)) {
				continue;
			}

			if (type === 'tree') {
				await takeTree(oid, before.find((one) => one.name === name && one.type === type)?.oid);
			} else {
				take(ofType('blob', await read(oid)));
			}
		}
	};

	const treeOf = async (commit: string | undefined): Promise<string | undefined> =>
		commit === undefined ? undefined : readCommit(await read(commit)).tree;

	let isBased = false;
	const open = new Set(tips);
	for (const oid of open) {
		if (known.has(oid)) {
			isBased = true;
			continue;
		}

		const object = await read(oid);
		take(object);
		switch (object.type) {
			case 'commit': {
				const {tree, parents} = readCommit(object);
				await takeTree(tree, await treeOf(parents[0]));
				for (const parent of parents) {
					open.add(parent);
				}

				break;
			}
			case 'tag':
				open.add(match(/^object ([\da-f]+)\n/, object)[1] ?? '');
				break;
			case 'tree':
				await takeTree(oid, undefined);
				break;
			default:
		}
	}

	return {objects: [...found.values()], isBased};
};

type Checked = GitObject & {readonly type: string; readonly content: Buffer};

const check = (
	oid: string,
	{type, content}: {readonly type: string; readonly content: Buffer},
	hash: Parameters<typeof makeObject>[2],
): Checked => {
	const object = makeObject(type, content, hash);
	if (object.oid !== oid) {
		throw new Error('damaged');
	}

	return {...object, type, content};
};

const ofType = (type: string, object: Checked): Checked => {
	if (object.type !== type) {
		throw new Error('of another type');
	}

	return object;
};

const match = (form: RegExp, {content}: Checked): RegExpExecArray => {
	const found = form.exec(content.toString('latin1'));
	if (found === null) {
		throw new Error('of another form');
	}

	return found;
};

const readCommit = (
	commit: Checked,
): {readonly tree: string; readonly parents: readonly string[]} => {
	const form = /^tree ([\da-f]+)\n((?:parent [\da-f]+\n)*)/;
	const [, tree = '', parents = ''] = match(form, ofType('commit', commit));
	return {tree, parents: parents.match(/[\da-f]{40,}/g) ?? []};
};

type Entry = {readonly name: string; readonly oid: string; readonly type: 'tree' | 'blob'};

/** Without commits of other repositories (submodules), which are not here. A name may occur twice. */
const readEntries = (tree: Checked): readonly Entry[] =>
	[...listEntries(ofType('tree', tree).content, tree.oid.length / 2)].flatMap(
		([name, {oid, mode}]): Entry[] => {
			const type = typeOf(mode);
			return type === undefined ? [] : [{name, oid, type}];
		},
	);

/** As git reads modes, also those that it would not write: everything else is a submodule. */
const typeOf = (mode: string): Entry['type'] | undefined => {
	switch (Number.parseInt(mode, 8) & 0o170000) {
		case 0o040000:
			return 'tree';
		case 0o100000:
		case 0o120000:
			return 'blob';
		default:
			return undefined;
	}
};
