import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {answerFive, asked, startAcme} from '../helpers/wizard-answers.ts';
import {keys, openWizard} from '../helpers/wizard-screen.ts';

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await startAcme();
});

afterEach(() => sandbox.close());

describe('a second copy', () => {
	it('is tried, written and filled; its secret key is shown once and is nowhere afterwards', async () => {
		const copy = makeTemporaryFolder();
		const screen = openWizard({sandbox});
		await answerFive(screen);
		await screen.answer(asked.folder, keys.enter);
		await screen.answer(asked.place, keys.enter);
		await screen.answer(asked.target, keys.enter);
		await screen.answer(asked.copy, keys.down + keys.enter);
		await screen.answer('In which folder?', `${copy}/away${keys.enter}`);
		await screen.waitFor('› I have kept it');
		await screen.waitFor('ctrl-c leave');
		expect(screen.text()).toMatch(/^ +AGE-SECRET-KEY-1\w{58}$/m);
		screen.type(keys.enter);
		await screen.answer('is not there', keys.enter);
		mkdirSync(join(copy, 'away'));
		await screen.answer('In which folder?', keys.enter);
		await screen.answer('may also delete from it', keys.enter);
		await screen.answer(asked.review, keys.enter);
		expect(await screen.exited).toEqual({code: 0, signal: undefined});
		const settings = readFileSync(join(screen.home, '.config/cistern/settings.yml'), 'utf8');
		expect(parse(settings)).toMatchObject({
			stores: [
				{
					title: 'offsite',
					type: 'folder',
					path: join(copy, 'away'),
					recipients: [expect.stringMatching(/^age1/)],
				},
			],
		});
		const sent = readdirSync(join(copy, 'away'), {recursive: true, encoding: 'utf8'});
		expect(sent.filter((name) => /^index\/.+\.age$/.test(name))).toHaveLength(1);
		const left = [...screen.scrollback(), ...screen.rows()].join('\n');
		expect(left).toMatch(/cistern verify\s+--store/);
		const kept = readdirSync(screen.home, {recursive: true, withFileTypes: true})
			.filter((entry) => entry.isFile())
			.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
		expect([left, ...kept].join('\n')).not.toContain('AGE-SECRET');
	});
});
