import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {openSettings} from '../../../source/adapters/settings/open-settings.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const store = openSettings({
	platform: 'linux',
	home: '/home/ann',
	folder: '/home/ann/.config/cistern',
	input: Readable.from([]),
});

const sources = 'sources:\n  - title: acme # ours\n    hoster: bitbucket\n';

const takeOver = async (text: string): Promise<{folder: string; taken: string; mode: number}> => {
	const folder = makeTemporaryFolder();
	const from = join(folder, 'settings.yml');
	const to = join(folder, 'new', 'settings.yml');
	writeFileSync(from, text);
	await store.takeOver(from, to);
	expect(readFileSync(from, 'utf8')).toBe(text);
	return {folder, taken: readFileSync(to, 'utf8'), mode: statSync(to).mode & 0o777};
};

describe('takeOver', () => {
	it('copies a settings file unchanged, readable only for its user', async () => {
		const text = `# Ours.\nlocalFolder: /srv/backup\nwaitSecondsOnError: 5\n${sources}`;
		expect(await takeOver(text)).toMatchObject({taken: text, mode: 0o600});
	});

	it('makes a relative backup folder absolute', async () => {
		const {folder, taken} = await takeOver(`# Ours.\nlocalFolder: saved\n${sources}`);
		expect(taken).toBe(`# Ours.\nlocalFolder: ${join(folder, 'saved')}\n${sources}`);
	});

	it('makes the relative folder of a store absolute', async () => {
		const stores = '  - title: nas\n    type: folder\n    path: ';
		const {folder, taken} = await takeOver(`localFolder: /srv\n${sources}stores:\n${stores}copy\n`);
		expect(taken).toBe(`localFolder: /srv\n${sources}stores:\n${stores}${join(folder, 'copy')}\n`);
	});

	it.each(['~/backup', "'%BACKUP%/x'", "'C:\\backup'"])('keeps %s', async (written) => {
		const text = `localFolder: ${written}\n${sources}`;
		expect((await takeOver(text)).taken).toBe(text);
	});
});

describe('previewSource', () => {
	it('shows a new file with only one source', () => {
		const text = store.previewSource({
			localFolder: '/srv/backup',
			entry: {title: 'acme', type: 'org', name: 'acme', password: new Secret('%TOKEN%')},
		});
		expect(text).toBe(
			'localFolder: /srv/backup\nsources:\n  - title: acme\n    hoster: bitbucket\n    type: org\n    name: acme\n    password: "%TOKEN%"\n',
		);
	});
});
