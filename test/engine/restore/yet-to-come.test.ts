import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parseArguments} from '../../../source/arguments/arguments.ts';
import {history} from '../../../source/commands/history.ts';
import {restore} from '../../../source/commands/restore.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {day} from '../../../source/domain/text/format.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {compileSchema} from '../../helpers/event-schema.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

type Answer = {readonly exitCode: number; readonly text: string};

/** A command about `api`, from the backup folder alone. */
const command = async (words: readonly string[]): Promise<Answer> => {
	const terminal = createFakeTerminal({isInteractive: false});
	const world = {...makeWorld(acme.clock), terminal};
	const invocation = parseArguments([...words, '--from', acme.folder], {});
	if (invocation.command !== 'restore' && invocation.command !== 'history') {
		throw new TypeError('not understood');
	}

	const exitCode =
		invocation.command === 'restore'
			? await restore(world, invocation, new AbortController().signal)
			: await history(world, invocation);
	return {exitCode, text: terminal.out() + terminal.error()};
};

const restoreApi = (target: string, at: string): Promise<Answer> =>
	command(['restore', 'api', '--to', target, '--at', at]);

const nowAsText = (): string => new Date(acme.clock.now()).toISOString();

it('accepts a future --at only up to the newest date that a fast clock wrote', async () => {
	const [{path}] = await acme.addSaved('api');
	acme.clock.jump(90 * day);
	await commitFile(path);
	const ahead = await readRefs(path);
	await acme.run();
	const moment = nowAsText();
	await commitFile(path);
	acme.clock.jump(day);
	await acme.run();
	acme.clock.jump(-91 * day);
	const target = join(makeTemporaryFolder(), 'api');

	await expect(restoreApi(target, '2027-06-01')).rejects.toMatchObject({
		exitCode: exitCodes.usage,
		message: '"2027-06-01" is yet to come.',
		advice: expect.stringContaining('22 Feb 2027'),
	});
	const {exitCode} = await restoreApi(target, moment);
	expect(exitCode).toBe(exitCodes.done);
	expect(await readRefs(target)).toEqual(ahead);
	const ofThatDay = join(makeTemporaryFolder(), 'api');
	const newest = new Date(Date.parse(moment) + day).toISOString().slice(0, 10);
	expect((await restoreApi(ofThatDay, newest)).exitCode).toBe(exitCodes.done);
	expect(await readRefs(ofThatDay)).toEqual(await readRefs(path));
});

it('finds each state by the date that history shows, which says from when on a clock was ahead', async () => {
	const [{path}] = await acme.addSaved('api');
	acme.clock.jump(90 * day);
	await commitFile(path);
	const ahead = await readRefs(path);
	const aheadFrom = nowAsText();
	await acme.run();
	acme.clock.jump(-88 * day);
	await commitFile(path);
	const mended = await readRefs(path);
	await acme.run();
	acme.clock.jump(day);
	const told = JSON.parse((await command(['history', 'api', '--json'])).text);
	expect(told).toMatchObject({aheadFrom, runs: [{}, {at: aheadFrom}, {isFirst: true}]});
	expect(await compileSchema()).toSatisfy((validate) => validate(told));
	const {text: shown} = await command(['history', 'api', '--verbose']);
	expect(shown.replaceAll(/\s+/g, ' ')).toContain(
		`A clock was ahead: the entry dated ${aheadFrom} was saved earlier`,
	);

	for (const [moment, there] of [
		[aheadFrom, ahead],
		[told.runs[0].at, mended],
	] as const) {
		const target = join(makeTemporaryFolder(), 'api');
		expect((await restoreApi(target, moment)).exitCode).toBe(exitCodes.done);
		expect(await readRefs(target)).toEqual(there);
	}
});
