import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openMemory} from '../../source/adapters/remembered-answers.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

describe('openMemory', () => {
	it('remembers answers for next time, readable only for their user', async () => {
		const folder = join(makeTemporaryFolder(), 'cistern');
		await openMemory(folder).write({workspace: 'acme', type: 'org', authName: ''});
		expect(await openMemory(folder).read()).toEqual({workspace: 'acme', type: 'org', authName: ''});
		expect(statSync(folder).mode & 0o777).toBe(0o700);
		expect(statSync(join(folder, 'answers.json')).mode & 0o777).toBe(0o600);
	});

	it('keeps answers that are not given again', async () => {
		const folder = makeTemporaryFolder();
		await openMemory(folder).write({workspace: 'acme', folder: '/srv/backup'});
		await openMemory(folder).write({workspace: 'other'});
		expect(await openMemory(folder).read()).toEqual({workspace: 'other', folder: '/srv/backup'});
	});

	it('never stores a token', async () => {
		const folder = makeTemporaryFolder();
		const answers = {workspace: 'acme', token: 'ATATT-secret', password: 'ATATT-secret'};
		await openMemory(folder).write(answers);
		const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
		expect(texts.join('')).not.toContain('ATATT');
	});

	it('starts empty when its file is damaged, and ignores odd values', async () => {
		const folder = makeTemporaryFolder();
		writeFileSync(join(folder, 'answers.json'), '{broken');
		expect(await openMemory(folder).read()).toEqual({});
		writeFileSync(join(folder, 'answers.json'), '{"workspace": 7, "type": "team", "folder": "/x"}');
		expect(await openMemory(folder).read()).toEqual({folder: '/x'});
	});
});
