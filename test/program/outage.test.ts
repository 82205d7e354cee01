import {expect, it, onTestFinished, vi} from 'vitest';
import {openFrontDoor} from '../helpers/front-door.ts';
import {makeHome, program} from '../helpers/program.ts';
import {openTerminalScreen} from '../helpers/terminal-screen.ts';
import {readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const slugs = ['api', 'web'] as const;

/** A network that goes away under the first of two transfers. */
const setUp = async () => {
	const paths = await Promise.all(slugs.map(async (slug) => (await acme.add(slug)).path));
	const home = makeHome(acme.sandbox, {}, acme.folder);
	const door = await openFrontDoor(acme.sandbox, home.folder);
	acme.sandbox.addFault({
		match: {service: 'git', method: 'POST'},
		times: 1,
		answer: {kind: 'meanwhile', run: door.shut},
	});
	const expectSaved = async (): Promise<void> => {
		for (const [index, slug] of slugs.entries()) {
			expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(paths[index] ?? ''));
		}
	};
	return {home, door, expectSaved};
};

it('an outage of the network in the middle of a run costs time alone, and the run says so', async () => {
	const {home, door, expectSaved} = await setUp();

	const running = home.start(['--yes'], door.environment);
	const waits = /acme: localhost:\d+: waiting .*the connection was refused/;
	await vi.waitFor(() => expect(running.output()).toMatch(waits), {timeout: 30_000, interval: 20});
	await door.open();

	expect((await running.result).exitCode).toBe(0);
	await expectSaved();
});

it('it is told in the row of each repository that waits for it', async () => {
	const {home, door, expectSaved} = await setUp();
	const screen = openTerminalScreen({
		words: [...program, '--config', home.settings, '--yes'],
		environment: door.environment,
		columns: 80,
		rows: 24,
	});
	onTestFinished(() => screen.close());

	await screen.waitFor(/! (api|web) +trying again in \d+ s: the connection was refused/);
	await door.open();

	expect(await screen.exited).toMatchObject({code: 0});
	await expectSaved();
});
