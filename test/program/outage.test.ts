import {expect, it, vi} from 'vitest';
import {openFrontDoor} from '../helpers/front-door.ts';
import {makeHome} from '../helpers/program.ts';
import {readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a network that goes away in the middle and comes back costs time, and nothing else', async () => {
	const paths = [await acme.add('api'), await acme.add('web')].map(({path}) => path);
	const home = makeHome(acme.sandbox, {}, acme.folder);
	const door = await openFrontDoor(acme.sandbox, home.folder);
	acme.sandbox.addFault({
		match: {service: 'git'},
		after: 1,
		times: 1,
		answer: {kind: 'meanwhile', run: door.shut},
	});

	const running = home.start(['--yes'], door.environment);
	const waits = /acme: localhost:\d+: waiting .*the connection was refused/;
	await vi.waitFor(() => expect(running.output()).toMatch(waits), {timeout: 30_000, interval: 20});
	await door.open();

	expect((await running.result).exitCode).toBe(0);
	for (const [index, slug] of ['api', 'web'].entries()) {
		expect(await readRefs(acme.mirror(slug))).toEqual(await readRefs(paths[index] ?? ''));
	}
});
