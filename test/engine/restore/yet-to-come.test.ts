import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parseArguments} from '../../../source/arguments.ts';
import {restore} from '../../../source/commands/restore.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const restoreApi = async (target: string, at: string): Promise<number> => {
	const args = ['restore', 'api', '--to', target, '--at', at, '--from', acme.folder];
	const invocation = parseArguments(args, {});
	if (invocation.command !== 'restore') {
		throw new TypeError('not understood');
	}

	return restore(makeWorld(acme.clock), invocation, new AbortController().signal);
};

it('a moment that a clock which was ahead gave to a state can be named, and no later one', async () => {
	const day = 24 * 60 * 60_000;
	const [{path}] = await acme.addSaved('api');
	acme.clock.jump(90 * day);
	await commitFile(path);
	const ahead = await readRefs(path);
	await acme.run();
	const moment = new Date(acme.clock.now()).toISOString();
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
	expect(await restoreApi(target, moment)).toBe(exitCodes.done);
	expect(await readRefs(target)).toEqual(ahead);
});
