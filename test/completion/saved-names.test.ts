import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {openFiles} from '../../source/adapters/files/files.ts';
import {openSettings} from '../../source/adapters/settings/open-settings.ts';
import {openNames} from '../../source/completion/saved-names.ts';
import {makeSuggest} from '../../source/completion/suggest.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';
import {saveRecord} from '../helpers/saved-record.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const clock = createFakeClock();

/** A home with settings, and a backup of a source in it. */
const makeHome = () => {
	const home = makeTemporaryFolder();
	const source = join(home, 'backup', 'acme');
	mkdirSync(join(source, '.cistern'), {recursive: true});
	writeFileSync(
		join(home, 'settings.yml'),
		`localFolder: backup
sources:
  - {title: acme, type: org, name: acme, authName: a, apiAuthName: a@example.com, passwordCommand: 'touch ${join(home, 'asked')}'}
stores:
  - {title: offsite, type: folder, path: ${join(home, 'offsite')}, recipients: none}
tell:
  - ping: https://example.com/ping
  - slack: https://example.com/slack
  - slack: https://example.com/other
`,
		{mode: 0o600},
	);
	const settings = openSettings({platform: 'linux', home, folder: home, input: Readable.from([])});
	const names = openNames({environment: {}, settings, files: openFiles(), clock});
	const suggest = makeSuggest(names);
	return {
		home,
		source,
		complete: async (line: string) => {
			const words = line.split(' ');
			const {words: found} = await suggest(words.slice(0, -1), words.at(-1) ?? '');
			return found;
		},
	};
};

describe('names for a completion', () => {
	it('are those of the saved repositories, with their states, and ask for no token', async () => {
		const {home, source, complete} = makeHome();
		saveRecord(source, 'api');
		saveRecord(source, 'app', {record: {goneSince: '2026-11-11T02:00:00Z'}});
		saveRecord(source, 'docs', {entry: {damage: 'a pack is cut short'}});
		saveRecord(source, '$(rm -rf ~)');
		mkdirSync(join(source, 'acme#unrecorded'));
		const all = [
			{word: '$(rm -rf ~)', about: 'changed 3 days ago'},
			{word: 'api', about: 'changed 3 days ago'},
			{word: 'app', about: 'gone since 11 Nov, changed 3 days ago'},
			{word: 'docs', about: 'damaged, changed 3 days ago'},
		];
		const byWord = (left: {word: string}, right: {word: string}): number =>
			left.word < right.word ? -1 : 1;
		expect((await complete('cistern restore ')).toSorted(byWord)).toEqual(all);
		expect(await complete('cistern verify $(')).toEqual([all[0]]);
		expect(await complete('cistern verify acme/ap')).toHaveLength(2);
		expect(await complete(`cistern verify --from ${source} do`)).toEqual([all[3]]);
		expect(await complete(`cistern verify --from ${join(home, 'backup')} do`)).toEqual([all[3]]);
		expect(existsSync(join(home, 'asked'))).toBe(false);
	});

	it('are without states where there are very many, and yet complete', async () => {
		const {source, complete} = makeHome();
		for (let number = 0; number < 201; number += 1) {
			mkdirSync(join(source, `acme#r${number}`));
		}
		const found = await complete('cistern restore ');
		expect(found).toHaveLength(201);
		expect(found[0]).toEqual({word: 'r0'});
	});

	it('are the days on which runs saved something', async () => {
		const {source, complete} = makeHome();
		const line = (at: string, counts: object) =>
			JSON.stringify({
				...{v: 1, run: at, at, complete: true, failed: [], leftOut: []},
				...{updated: 0, new: 0, ...counts},
			});
		const lines = [
			line('2026-11-10T12:00:00Z', {new: 12}),
			line('2026-11-11T10:00:00Z', {updated: 2, rewritten: 1}),
			line('2026-11-11T12:00:00Z', {updated: 1}),
			line('2026-11-12T12:00:00Z', {}),
		];
		writeFileSync(join(source, '.cistern', 'runs.jsonl'), `${lines.join('\n')}\n`);
		expect(await complete('cistern restore api --at ')).toEqual([
			{word: '2026-11-10', about: '12 new'},
			{word: '2026-11-11', about: '3 updated, 1 rewritten'},
		]);
	});

	it('are sources, stores and targets of the settings', async () => {
		const {complete} = makeHome();
		expect(await complete('cistern status --source ')).toEqual([{word: 'acme'}]);
		expect(await complete('cistern send --store ')).toEqual([{word: 'offsite'}]);
		expect(await complete('cistern tell ')).toEqual(
			['ping', 'slack', 'slack 2'].map((word) => ({word})),
		);
	});
});
