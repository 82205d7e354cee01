import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {openFiles} from '../../../source/adapters/files/files.ts';
import {readPlainEntry} from '../../../source/domain/record/record.ts';
import {holdRecords, type KnownRecords} from '../../../source/engine/saved/known-records.ts';
import {readSavedState} from '../../../source/engine/saved/saved-state.ts';
import {saveRecord} from '../../helpers/saved-record.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const parts = [{name: 'repo', isRequired: true, readEntry: readPlainEntry}];

it('a record is read once, and again after a change of its folder, in whichever way', async () => {
	const folder = makeTemporaryFolder();
	const path = (slug: string) => join(folder, `acme#${slug}`);
	for (const slug of ['same', 'written', 'moved', 'removed']) {
		saveRecord(folder, slug, {record: {uuid: `uuid of ${slug}`}});
	}

	const reads: string[] = [];
	const plain = openFiles();
	const known: KnownRecords = new Map();
	const counted = {
		...plain,
		readText: (file: string) => {
			reads.push(file.slice(folder.length + 1));
			return plain.readText(file);
		},
	};
	const files = holdRecords(counted, folder, known);
	const read = async () => {
		reads.length = 0;
		const {repositories} = await readSavedState(files, folder, parts, known);
		return repositories.map(({folder: name, record}) => [name, record.slug]);
	};
	await read();
	const record = join(path('written'), 'cistern.json');
	await files.writeText(record, readFileSync(record, 'utf8').replaceAll('written', 'changed'));
	await files.move(path('moved'), path('elsewhere'));
	await files.remove(path('removed'));

	expect(await read()).toEqual([
		['acme#elsewhere', 'moved'],
		['acme#same', 'same'],
		['acme#written', 'changed'],
	]);
	expect(reads.filter((file) => file.startsWith('acme#')).toSorted()).toEqual([
		'acme#elsewhere/cistern.json',
		'acme#written/cistern.json',
	]);
});

it('a record that is not on the disk counts as there, and is written once its folder is touched', async () => {
	const elsewhere = makeTemporaryFolder();
	const slugs = ['changed', 'moved', 'read', 'same'];
	for (const slug of slugs) {
		saveRecord(elsewhere, slug, {record: {uuid: slug}});
	}

	const given = await readSavedState(openFiles(), elsewhere, parts);
	const known: KnownRecords = new Map(
		given.repositories.map((one) => [one.folder, {state: 'unwritten', record: one.record}]),
	);
	const folder = makeTemporaryFolder();
	const files = holdRecords(openFiles(), folder, known);
	const read = async () =>
		(await readSavedState(files, folder, parts, known)).repositories.map(({record}) => record.slug);
	expect(await read()).toEqual(slugs);
	expect(readdirSync(folder)).toEqual([]);

	const path = join(folder, 'acme#read', 'cistern.json');
	await Promise.all([
		files.readText(path),
		files.exists(path),
		files.writeText(join(folder, 'acme#changed', 'other.json'), '{}'),
		files.move(join(folder, 'acme#moved'), join(folder, 'acme#elsewhere')),
	]);
	expect((await read()).toSorted()).toEqual(slugs);
	expect(readdirSync(folder).toSorted()).toEqual(['acme#changed', 'acme#elsewhere', 'acme#read']);
});
