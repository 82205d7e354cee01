import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {day} from '../../../source/domain/text/format.ts';
import type {Sandbox} from '../../../source/sandbox/start-sandbox.ts';
import {pullRequestPath, readSaved} from '../../helpers/metadata.ts';
import {createRandom} from '../../helpers/random.ts';
import {changeSomething, type Living, openLiving, readSavedFiles} from './living.ts';

type Body = {readonly values?: readonly Readonly<Record<string, unknown>>[]};

/** Changes each item of each list. */
const eachItem =
	(change: (item: Readonly<Record<string, unknown>>) => unknown) =>
	(body: Body): unknown =>
		body.values === undefined ? body : {...body, values: body.values.map(change)};

const nest = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

const withDates =
	(date: string | undefined) =>
	(item: Readonly<Record<string, unknown>>): unknown => ({
		...item,
		created_on: date,
		updated_on: date,
		date,
	});

type Transform = (body: Body, path: string, url: string) => unknown;

/** All ways in which a server may answer that means harm or is broken, but for its refusals. */
const transforms: Readonly<Record<string, Transform>> = {
	'numbers that no pull request has': (body) =>
		body.values === undefined
			? body
			: {
					...body,
					values: [-1, 0, 1.5, '7', null, {}, 2 ** 53 - 1, 2 ** 70].flatMap((id) =>
						(body.values ?? []).map((item) => ({...item, id})),
					),
				},
	'each item twice': (body) =>
		body.values === undefined
			? body
			: {...body, values: body.values.flatMap((item) => [item, item])},
	'objects of more than 40 levels': eachItem((item) => ({...item, more: nest(50)})),
	'dates of the year 9999': eachItem(withDates('9999-12-31T23:59:59+00:00')),
	'no dates': eachItem(withDates(undefined)),
	'dates that are none': eachItem(withDates('yesterday')),
	'empty lists': (body) => (body.values === undefined ? body : {values: [], size: 0}),
	'lists that shrink': (body) =>
		body.values === undefined
			? body
			: {...body, values: body.values.filter((_, index) => index % 2 === 0)},
	'items that are no objects': eachItem((item) => [item]),
	'a next page elsewhere': (body) =>
		body.values === undefined ? body : {...body, next: 'https://bitbucket.example/2.0/x'},
	'a next page that is the first': (body, path, url) =>
		body.values === undefined ? body : {...body, next: `${url}${path}`},
	'control characters, marks of direction and tags': eachItem((item) => ({
		...item,
		title: '</script>\u001b[2J\u0007\u202e\u0000',
	})),
	'comments that answer each other in a circle': eachItem((item) => ({
		...item,
		parent: {id: item['id']},
	})),
};

/** People go on working while a server answers badly. */
const work = (living: Living, seed: number, count: number): void => {
	const random = createRandom(seed);
	for (let index = 0; index < count; index += 1) {
		living.clock.advance(random(60_000));
		changeSomething(living, random, []);
	}
};

/** After honest runs, everything of upstream is saved as it is, whatever else a server made up. */
const expectTruth = async (living: Living): Promise<void> => {
	living.clock.advance(91 * day);
	expect((await living.run()).exitCode).toBe(exitCodes.done);
	for (const repository of living.repositories) {
		const truth = await living.readTruth(repository);
		const saved = await readSavedFiles(living.mirror(repository), living.clock);
		const compared = [...truth].filter(([path]) => path.endsWith('/pull-request.json'));
		expect(compared.length).toBeGreaterThan(2);
		expect(Object.fromEntries(compared.map(([path]) => [path, saved.get(path)]))).toEqual(
			Object.fromEntries(compared),
		);
	}
};

type Bad = (sandbox: Sandbox) => {remove(): void};

const answering =
	(transform: Transform): Bad =>
	(sandbox) => {
		sandbox.transformAnswers((body, path) =>
			/\/pullrequests/.test(path) ? transform(body as Body, path, sandbox.apiUrl) : body,
		);
		return {remove: () => sandbox.transformAnswers((body) => body)};
	};

const refusing =
	(status: number, message: string): Bad =>
	(sandbox) =>
		sandbox.addFault({
			match: {path: /\/pullrequests/},
			answer: {kind: 'answer', status, body: {type: 'error', error: {message}}},
		});

/** JSON that a recursion over it would not survive. */
const endlessNest: Bad = (sandbox) =>
	sandbox.addFault({
		match: {path: /\/pullrequests/},
		answer: {
			kind: 'answer',
			status: 200,
			headers: {'content-type': 'application/json'},
			body: `{"values": [{"id": 1, "more": ${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`,
		},
	});

const hearingNothing: Bad = ({metadata: {unknowns}}) => {
	unknowns.hearsQueries = false;
	return {
		remove: () => {
			unknowns.hearsQueries = true;
		},
	};
};

const missingScope = 'Your credentials lack one or more required privilege scopes.';

/** A name, and the exit codes that are right. */
const bads: readonly (readonly [string, Bad, readonly number[]])[] = [
	...Object.entries(transforms).map(
		([name, transform]) =>
			[name, answering(transform), [exitCodes.done, exitCodes.incomplete]] as const,
	),
	['objects of 100,000 levels', endlessNest, [exitCodes.incomplete]],
	['no question heard', hearingNothing, [exitCodes.done, exitCodes.incomplete]],
	[
		'an outage that hides the repository',
		refusing(404, 'Repository not found. You may not have access to this repository'),
		[exitCodes.incomplete],
	],
	['nothing there', refusing(404, 'Not found'), [exitCodes.incomplete]],
	['gone', refusing(410, ''), [exitCodes.incomplete]],
	['a plan that has to be paid for', refusing(402, 'Upgrade'), [exitCodes.incomplete]],
	['a missing scope', refusing(403, missingScope), [exitCodes.refused]],
];

/** In three repositories, so that three of them come first, before anything is saved. */
it.each([0, 1, 2])(
	'whatever a server answers, nothing goes, and later backups are right (%i)',
	async (turn) => {
		const living = await openLiving(['api']);
		const [repository] = living.repositories;
		work(living, turn, 25);
		for (const [index, [name, bad, right]] of bads.entries()) {
			if (index % 3 !== turn) {
				continue;
			}

			const saved = repository && (await readSavedFiles(living.mirror(repository), living.clock));
			const server = bad(living.sandbox);
			const sent = living.sandbox.requests.length;
			const {exitCode, outcomes} = await living.run();
			server.remove();
			expect(right, name).toContain(exitCode);
			expect(outcomes.get('acme/api')?.result, name).toBe('unchanged');
			expect(living.sandbox.requests.length - sent, name).toBeLessThan(500);
			const after = repository && (await readSavedFiles(living.mirror(repository), living.clock));
			expect([...(after?.keys() ?? [])], name).toEqual(
				expect.arrayContaining([...(saved?.keys() ?? [])]),
			);
			work(living, index, 5);
		}

		await expectTruth(living);
	},
);

it('gives up a feed without an end, in a first save and in a later run', async () => {
	const living = await openLiving(['api']);
	const {sandbox, repositories, people} = living;
	const [[repository], [by]] = [repositories, people];
	if (repository === undefined || by === undefined) {
		throw new Error('nothing to work on');
	}

	const {pullRequests} = sandbox.metadata;
	const pull = pullRequests.open(repository, {by});
	let pages = 0;
	const endless = answering((body, path, url) => {
		if (!path.includes('/pullrequests/activity')) {
			return body;
		}

		pages += 1;
		const date = new Date(living.clock.now()).toISOString();
		const entry = {pull_request: {id: pull.id}, approval: {date, user: {uuid: '{ann}'}}};
		return {
			values: Array.from({length: 5000}, () => entry),
			next: `${url}/repositories/acme/api/pullrequests/activity?ctx=${pages}`,
		};
	});
	for (const change of [() => {}, () => pullRequests.edit(pull, {description: 'More.'})]) {
		change();
		pages = 0;
		const server = endless(sandbox);
		expect((await living.run()).exitCode).toBe(exitCodes.incomplete);
		expect(pages).toBeLessThan(25);
		server.remove();
		expect((await living.run()).exitCode).toBe(exitCodes.done);
	}
});

it('reads a long list as it comes where Bitbucket does not sort it', async () => {
	const living = await openLiving(['api']);
	const {sandbox, repositories, people} = living;
	const [[repository], [by]] = [repositories, people];
	for (let index = 0; repository !== undefined && by !== undefined && index < 8; index += 1) {
		const pull = sandbox.metadata.pullRequests.open(repository, {by});
		sandbox.metadata.pullRequests.close(pull, 'MERGED', {by});
	}

	sandbox.metadata.unknowns.mostSorted = 5;
	expect((await living.run()).exitCode).toBe(exitCodes.done);
	await expectTruth(living);
});

it('gives up a list of a million comments, and keeps those that it had', async () => {
	const living = await openLiving(['api']);
	const {sandbox, repositories, people, clock} = living;
	const [[repository], [by]] = [repositories, people];
	if (repository === undefined || by === undefined) {
		throw new Error('nothing to work on');
	}

	sandbox.metadata.unknowns.feedsTombstones = false;
	const {pullRequests} = sandbox.metadata;
	const pull = pullRequests.open(repository, {by});
	const comment = pullRequests.comment(pull, {by, text: 'Why?'});
	expect((await living.run()).exitCode).toBe(exitCodes.done);
	const saved = await readSavedFiles(living.mirror(repository), clock);

	pullRequests.deleteComment(pull, comment);
	let pages = 0;
	const server = answering((body, path, url) => {
		if (!/\/pullrequests\/1\/comments/.test(path)) {
			return body;
		}

		pages += 1;
		const first = pages * 5000;
		return {
			values: Array.from({length: 5000}, (_, index) => ({id: first + index, content: {raw: ''}})),
			...(pages < 200
				? {next: `${url}/repositories/acme/api/pullrequests/1/comments?page=${pages}`}
				: {}),
		};
	})(sandbox);
	expect((await living.run()).exitCode).toBe(exitCodes.incomplete);
	expect(pages).toBeLessThan(25);
	expect(await readSavedFiles(living.mirror(repository), clock)).toEqual(saved);
	server.remove();
	expect((await living.run()).exitCode).toBe(exitCodes.done);
	expect(readSaved(living.mirror(repository), pullRequestPath(1, 'comments'))).toMatchObject([
		{deleted: true},
	]);
});
