import {readdirSync} from 'node:fs';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {Source} from '../../../source/domain/settings/settings.ts';
import {followUps} from '../../../source/engine/backup/follow-up-registry.ts';
import type {Run} from '../../../source/engine/session.ts';
import {parts} from '../../../source/parts/registry.ts';
import type {Git} from '../../../source/ports/git.ts';
import type {World} from '../../../source/ports/world.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {addReader} from '../../helpers/metadata.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Notes the name of each method that is called. */
const noting = (git: Git, calls: string[]): Git =>
	new Proxy(git, {
		get: (target, name) => {
			const method: unknown = Reflect.get(target, name);
			return typeof method === 'function'
				? (...words: readonly unknown[]) => {
						calls.push(String(name));
						return Reflect.apply(method, target, words);
					}
				: method;
		},
	});

/** A first backup into a new folder, and one in which nothing changed: all that they ask, do and write. */
const countCost = async (changes: Partial<Source>, run: Partial<Run> = {}) => {
	const folder = makeTemporaryFolder();
	const clock = createFakeClock();
	const source = makeSource(acme.sandbox, changes);
	const calls: string[] = [];
	const inTurn: number[] = [];
	const wrapWorld = (world: World): World => ({
		...world,
		connect: (one, name) => {
			const connected = world.connect(one, name);
			return {...connected, git: noting(connected.git, calls)};
		},
	});
	acme.sandbox.clearRequests();
	for (let turn = 0; turn < 2; turn += 1) {
		const before = acme.sandbox.requestsTo('api').length;
		const {exitCode} = await runBackup(folder, [source], {clock, run, wrapWorld});
		expect(exitCode).toBe(exitCodes.done);
		inTurn.push(acme.sandbox.requestsTo('api').length - before);
	}

	return {
		requests: acme.sandbox.requests
			.map(({method, path, query}) => `${method} ${path}?${query}`)
			.toSorted(),
		files: readdirSync(folder, {recursive: true, encoding: 'utf8'})
			.filter((path) => !path.includes('/objects/'))
			.toSorted(),
		calls: calls.toSorted(),
		/** Requests of the API, in each backup. */
		inTurn,
	};
};

it('costs not one request, file or process where metadata is off', async () => {
	const repositories = await Promise.all([acme.add('api'), acme.add('web')]);
	const {account: by, source} = addReader(acme.sandbox);
	for (const repository of repositories) {
		const {pullRequests} = acme.sandbox.metadata;
		pullRequests.comment(pullRequests.open(repository, {by}), {by, text: 'Hello'});
	}

	const without = await countCost(
		{...source, ofParts: {}},
		{
			parts: parts.filter(({name}) => name !== 'metadata'),
			followUps: followUps.filter(({name}) => name !== 'metadata'),
		},
	);
	// A hundredth of the repositories, and 3.
	expect(Math.max(...without.inTurn)).toBeLessThanOrEqual(4);
	for (const ofParts of [{}, {metadata: 'false'}]) {
		expect(await countCost({...source, ofParts})).toEqual(without);
	}

	const on = await countCost({...source, ofParts: {metadata: 'true'}});
	expect(on.files).toContain('acme/.cistern/requests.json');
});
