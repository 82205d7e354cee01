import {expect, it, onTestFinished} from 'vitest';
import {openFrontDoor} from '../helpers/front-door.ts';
import {makeHome, program} from '../helpers/program.ts';
import {openTerminalScreen} from '../helpers/terminal-screen.ts';
import {readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

it('an outage of the network costs a run nothing but time, and each row shows what its repository waits for', async () => {
	const [api, web] = [await acme.add('api'), await acme.add('web')];
	const home = makeHome(acme.sandbox, {}, acme.folder);
	const door = await openFrontDoor(acme.sandbox, home.folder);
	// The network goes away under the first of two transfers.
	acme.sandbox.addFault({
		match: {service: 'git', method: 'POST'},
		times: 1,
		answer: {kind: 'meanwhile', run: door.shut},
	});
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
	for (const {slug, path} of [api, web]) {
		expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(path));
	}
});
