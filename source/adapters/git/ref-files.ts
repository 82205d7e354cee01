import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Refs} from '../../domain/plan/repository.ts';
import {readableRef} from '../../domain/record/ref-name.ts';
import {codeOf} from '../files/file-failure.ts';

/**
 * Branches and tags of a mirror that git has just cloned: it writes them all into one file. Undefined
 * where it did something else with them, and has to be asked. Throws `ref-unreadable`.
 */
export const readClonedRefs = async (mirror: string): Promise<Refs | undefined> => {
	const loose = ['heads', 'tags'].map((folder) => readdir(join(mirror, 'refs', folder)));
	const found = await Promise.all(loose).catch(() => [['something']]);
	if (found.flat().length > 0) {
		return undefined;
	}

	const text = await readFile(join(mirror, 'packed-refs'), 'utf8').catch((error: unknown) => {
		if (codeOf(error) === 'ENOENT') {
			return '';
		}

		throw error;
	});
	return new Map(parsePackedRefs(text).map(([ref, oid]) => [readableRef(ref), oid]));
};

/** What can be read of a damaged mirror's refs, whatever stands between them. */
export const readDamagedTips = async (mirror: string): Promise<Refs> => {
	const text = await readFile(join(mirror, 'packed-refs'), 'utf8').catch(() => '');
	return new Map([...parsePackedRefs(text), ...(await readLooseRefs(mirror))]);
};

const packedRef = /^([0-9a-f]{40}(?:[0-9a-f]{24})?) (refs\/[^ ]+)$/s;
const looseRef = /^([0-9a-f]{40}(?:[0-9a-f]{24})?)\s*$/;

const parsePackedRefs = (text: string): readonly [ref: string, oid: string][] =>
	text.split('\n').flatMap((line): [string, string][] => {
		const [, oid, ref] = packedRef.exec(line) ?? [];
		return oid === undefined || ref === undefined ? [] : [[ref, oid]];
	});

const readLooseRefs = async (mirror: string): Promise<Refs> => {
	const refs = new Map<string, string>();
	const names = await readdir(join(mirror, 'refs'), {recursive: true}).catch(() => []);
	for (const name of names) {
		const ref = `refs/${name.replaceAll('\\', '/')}`;
		const text = await readFile(join(mirror, ref), 'utf8').catch(() => '');
		const [, oid] = looseRef.exec(text) ?? [];
		if (oid !== undefined) {
			refs.set(ref, oid);
		}
	}

	return refs;
};
