import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {readStamp} from '../../source/adapters/git/mirror.ts';

type Identity = {readonly uuid: string; readonly slug: string};

/** The folder of a saved repository once more, as that of another. */
export const copySavedAs = async (from: string, to: string, identity: Identity): Promise<void> => {
	cpSync(from, to, {recursive: true});
	const path = join(to, 'cistern.json');
	const record = JSON.parse(readFileSync(path, 'utf8'));
	// Without this stamp the copied files look like changed ones.
	const repo = {...record.parts.repo, print: await readStamp(join(to, 'repo'))};
	const parts = {...record.parts, repo};
	writeFileSync(path, JSON.stringify({...record, ...identity, parts}));
};

/**
 * Repositories saved without saving: copies of one, each with an id and a name of its own. Gives
 * their names.
 */
export const copySaved = (
	source: string,
	slug: string,
	count: number,
): Promise<readonly string[]> =>
	Promise.all(
		Array.from({length: count}, async (_, index) => {
			const name = `${slug}-${index}`;
			const uuid = `${name}-`.padEnd(36, '0');
			const [from, to] = [slug, name].map((each) => join(source, `acme#${each}`));
			await copySavedAs(from ?? '', to ?? '', {uuid, slug: name});
			return name;
		}),
	);
