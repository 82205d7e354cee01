import {rmSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {history} from '../../source/commands/history.ts';
import {day} from '../../source/domain/text/format.ts';
import {makeWorld} from '../helpers/backup.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {createFakeTerminal} from '../helpers/fake-terminal.ts';
import {commitFile, deleteRef, forcePush, readOid} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
const show = async (...args: readonly string[]) => {
	const invocation = parseArguments(['history', '--from', acme.folder, ...args], {});
	if (invocation.command !== 'history') {
		throw new TypeError('not understood');
	}

	const terminal = createFakeTerminal({isInteractive: false, canAsk: false});
	const exitCode = await history({...makeWorld(acme.clock), terminal}, invocation);
	return {exitCode, out: terminal.out(), error: terminal.error()};
};

describe('the timeline of a workspace', () => {
	it('names what upstream took away from all repositories, newest first, with the way back', async () => {
		const [api, web, old] = await acme.addSaved('api', 'web', 'old');
		await commitFile(web.path, {branch: 'topic'});
		await acme.run();
		acme.clock.advance(40 * day);
		await deleteRef(web.path, 'refs/heads/topic');
		await acme.run();
		acme.clock.advance(20 * day);
		const before = await readOid(api.path, 'main');
		const after = await forcePush(api.path);
		await acme.run();
		acme.clock.advance(day);
		acme.sandbox.deleteRepository(old);
		await acme.run();

		const {exitCode, out} = await show('--json');

		expect(exitCode).toBe(0);
		const lines = out
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(lines).toMatchObject([
			{kind: 'gone', repository: 'acme/old', restore: expect.stringContaining('restore old --at ')},
			{
				kind: 'rewritten',
				repository: 'acme/api',
				ref: 'refs/heads/main',
				from: before,
				to: after,
				onlyHere: 1,
			},
			{kind: 'deleted', repository: 'acme/web', ref: 'refs/heads/topic', onlyHere: 1},
		]);
		const validate = await compileSchema();
		expect(lines.map((line) => validate(line) || validate.errors)).toEqual(lines.map(() => true));

		const week = (await show('--since', '7d')).out;
		expect(week).toMatch(/^ {2}Taken away on Bitbucket since \d+ \w+, and kept here:\n\n/);
		expect(week).toMatch(/acme\/old +the repository +gone\n/);
		expect(week).toMatch(
			/acme\/api +main +rewritten +\w{7} → \w{7}\n +1 commit only here now\n +cistern restore api --at \S+Z --from \S+ --to DIR\n/,
		);
		expect(week).not.toContain('topic');
		expect((await show('--since', '1s')).out).toContain('Bitbucket took nothing away since');
		expect((await show('web', '--since', '7d')).out).not.toContain('topic');
		expect((await show('web')).out).toContain('topic');
	});

	it('goes on past a mirror that cannot be read, and ends with 3', async () => {
		const [api] = await acme.addSaved('api', 'web');
		await forcePush(api.path);
		await acme.run();
		rmSync(acme.mirror('web'), {recursive: true});
		const {exitCode, out, error} = await show();
		expect(exitCode).toBe(3);
		expect(out).toContain('acme/api');
		expect(error).toContain('acme/web');
	});
});
