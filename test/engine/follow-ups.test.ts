import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {openFiles} from '../../source/adapters/files/files.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../source/domain/failure/failure.ts';
import {readRuns} from '../../source/engine/saved/saved-state.ts';
import type {FollowUp, FollowUpEnd, Session} from '../../source/engine/session.ts';
import {describeEvent} from '../../source/ui/backup/describe-event.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const done: FollowUpEnd = {gaps: [], json: {sent: 1}, notes: ['Sent to the store.']};

const makeSend = (follow: (session: Session) => Promise<FollowUpEnd>): FollowUp => ({
	name: 'send',
	isWanted: () => true,
	begin: (session) => () => follow(session),
});

const writtenLines = (): readonly string[] =>
	readFileSync(acme.path('.cistern', 'runs.jsonl'), 'utf8').trimEnd().split('\n');

const readLines = async () => (await readRuns(openFiles(), acme.path())).lines;

it('notes what is saved before a follow-up begins, and replaces the note when it has ended', async () => {
	await acme.addSaved('api');
	const before = writtenLines().length;
	let noted: readonly string[] = [];
	const send = makeSend(async () => {
		noted = writtenLines().slice(before);
		return done;
	});
	const {exitCode, reports} = await acme.run({run: {followUps: [send]}});

	expect(exitCode).toBe(exitCodes.done);
	expect(reports[0]).toMatchObject({json: {sent: 1}, notes: ['Sent to the store.']});
	expect(noted).toHaveLength(1);
	expect(JSON.parse(noted[0] ?? '')).toMatchObject({
		complete: false,
		exitCode: exitCodes.incomplete,
		unchanged: 1,
		failed: [],
	});
	expect(writtenLines()).toHaveLength(before + 2);
	const lines = await readLines();
	expect(lines).toHaveLength(before + 1);
	expect(lines.at(-1)).toMatchObject({complete: true, sent: 1});
});

it('is incomplete for each gap that a follow-up tells, and says what to do', async () => {
	await acme.addSaved('api');
	const gap = {
		part: 'send',
		repository: 'acme',
		what: 'changes',
		detail: '2 are left',
		advice: 'The next backup goes on.',
		isAccepted: false,
	};
	const send = makeSend(async () => ({...done, gaps: [gap]}));
	const {exitCode, events} = await acme.run({run: {followUps: [send]}});

	expect(exitCode).toBe(exitCodes.incomplete);
	expect(events.flatMap((event) => describeEvent(event, 0)).map(({text}) => text)).toContain(
		'acme: the changes of acme are not all saved: 2 are left',
	);
	expect((await readLines()).at(-1)).toMatchObject({complete: false});
});

it('reports a failure of a follow-up as one of the source, and the repositories as saved', async () => {
	await acme.addSaved('api');
	const send = makeSend(async () => {
		throw new FailureError({kind: 'disk-full', path: '/srv'});
	});
	const {exitCode, reports} = await acme.run({run: {followUps: [send]}});

	expect(exitCode).toBe(exitCodes.failed);
	expect(reports[0]).toMatchObject({unchanged: 1, problem: {kind: 'disk-full'}});
});

it('asks no follow-up of a source that does not want it, and none after the source ended early', async () => {
	await acme.addSaved('api');
	const unwanted: FollowUp = {
		name: 'send',
		isWanted: () => false,
		begin: () => {
			throw new Error('was begun');
		},
	};
	expect((await acme.run({run: {followUps: [unwanted]}})).exitCode).toBe(exitCodes.done);

	const count = writtenLines().length;
	const run = {followUps: [makeSend(async () => Promise.reject(new Error('was run')))]};
	const {exitCode} = await acme.run({source: {workspace: 'unknown'}, run});
	expect(exitCode).not.toBe(exitCodes.done);
	expect(writtenLines()).toHaveLength(count + 1);
});

it('does not count a run as complete that leaves out a follow-up, and says so', async () => {
	await acme.addSaved('api');
	const send = makeSend(async () => {
		throw new Error('it was not left out');
	});
	const {exitCode, reports} = await acme.run({
		run: {followUps: [send], leavesOut: new Set(['send'])},
	});

	expect(exitCode).toBe(exitCodes.done);
	expect(reports[0]).toMatchObject({without: ['send'], notes: ['This run left out send.']});
	expect((await readLines()).at(-1)).toMatchObject({complete: false, without: ['send']});
});

it('tells once of a follow-up that the settings do not speak of', async () => {
	await acme.addSaved('api');
	const send: FollowUp = {...makeSend(async () => done), isWanted: () => false, offer: 'Try it.'};
	const tell = async (ofParts = {}): Promise<readonly string[]> =>
		(await acme.run({run: {followUps: [send]}, source: {ofParts}})).events.flatMap((event) =>
			event.type === 'noticed' ? [event.text] : [],
		);

	expect(await tell({send: 'false'})).toEqual([]);
	expect(await tell()).toEqual(['Try it.']);
	expect(await tell()).toEqual([]);
});
