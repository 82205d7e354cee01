import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * Repositories saved without saving: copies of one, each with an id and a name of its own. Gives
 * their names.
 */
export const copySaved = (source: string, slug: string, count: number): readonly string[] => {
	const record: unknown = JSON.parse(
		readFileSync(join(source, `acme#${slug}`, 'cistern.json'), 'utf8'),
	);
	return Array.from({length: count}, (_, index) => {
		const name = `${slug}-${index}`;
		const folder = join(source, `acme#${name}`);
		cpSync(join(source, `acme#${slug}`), folder, {recursive: true});
		const uuid = `${name}-`.padEnd(36, '0');
		const copied = {...(record as object), uuid, slug: name};
		writeFileSync(join(folder, 'cistern.json'), JSON.stringify(copied));
		return name;
	});
};
