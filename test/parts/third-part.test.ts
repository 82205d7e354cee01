import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {restore} from '../../source/commands/restore.ts';
import {status} from '../../source/commands/status.ts';
import {verify} from '../../source/commands/verify.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import type {Part} from '../../source/parts/part.ts';
import {parts as registry} from '../../source/parts/registry.ts';
import {describeEvent} from '../../source/ui/backup/describe-event.ts';
import {makeWorld} from '../helpers/backup.ts';
import {createFakeTerminal} from '../helpers/fake-terminal.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';
import {makeNotes} from './notes/notes.ts';

const acme = setUpWorkspace();

/** A command that reads the backup folder, with these parts. */
const command = async (
	parts: readonly Part[],
	words: readonly string[],
): Promise<{readonly exitCode: number; readonly text: string}> => {
	const terminal = createFakeTerminal({isInteractive: false});
	const world = {...makeWorld(acme.clock), terminal};
	const invocation = parseArguments([...words, '--from', acme.folder], {});
	const {signal} = new AbortController();
	const run = async (): Promise<number> => {
		switch (invocation.command) {
			case 'verify':
				return verify(world, invocation, signal, {parts});
			case 'restore':
				return restore(world, invocation, signal, parts);
			case 'status':
				return status(world, invocation, parts);
			default:
				throw new TypeError('not understood');
		}
	};
	const exitCode = await run();
	return {exitCode, text: terminal.out() + terminal.error()};
};

it('saves, shows, counts, verifies, repairs and restores a part that only the registry names', async () => {
	await acme.addSaved('api');
	const upstream = join(makeTemporaryFolder(), 'upstream.txt');
	writeFileSync(upstream, 'Buy milk.\n');
	const parts = [...registry, makeNotes(upstream)];
	const copy = acme.path('acme#api', 'notes', 'notes.txt');

	const first = await acme.run({run: {parts}});
	expect(first.outcomes.get('acme/api')).toMatchObject({result: 'saved', grown: 10, received: 10});
	expect(readFileSync(copy, 'utf8')).toBe('Buy milk.\n');
	const second = await acme.run({run: {parts}});
	expect(second.outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});

	const shown = await command(parts, ['status']);
	expect(shown.text).toContain('with its notes');
	const without = await command(registry, ['status']);
	expect(without.text).toContain('with its notes');

	expect((await command(parts, ['verify', '--sample', '1'])).exitCode).toBe(exitCodes.done);
	writeFileSync(copy, 'Buy beer.\n');
	const verified = await command(parts, ['verify']);
	expect(verified.exitCode).toBe(exitCodes.incomplete);
	expect(verified.text).toContain('its notes: ');
	const rehearsed = await command(parts, ['verify', '--sample', '1', '--json']);
	expect(rehearsed.text).toMatch(/"part":"notes","rehearsed":\{"state":"different"/);
	await acme.run({run: {parts}});
	expect((await command(parts, ['verify'])).exitCode).toBe(exitCodes.done);

	writeFileSync(upstream, 'Buy milk (picture).\n');
	const lacking = await acme.run({run: {parts}});
	expect(lacking.exitCode).toBe(exitCodes.incomplete);
	expect(lacking.outcomes.get('acme/api')).toMatchObject({json: {pictures: 1}});
	const again = await acme.run({run: {parts}});
	expect(again.outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
	expect(again.exitCode).toBe(exitCodes.incomplete);
	expect(again.events.flatMap((event) => describeEvent(event, 0)).map(({text}) => text)).toContain(
		'acme: the pictures of acme/api are not all saved: 1 of them are too large',
	);
	const runs = readFileSync(acme.path('.cistern', 'runs.jsonl'), 'utf8').trimEnd().split('\n');
	expect(runs.at(-1)).toContain('"notes":["acme/api"]');
	expect((await command(parts, ['status'])).text).toContain('Everything is saved but the pictures');
	expect((await command(parts, ['status', '--json'])).text).toContain('"pictures":1');
	const accepting = {ofParts: {notes: 'without pictures'}};
	expect((await acme.run({run: {parts}, source: accepting})).exitCode).toBe(exitCodes.done);
	writeFileSync(upstream, 'Buy milk.\n');
	await acme.run({run: {parts}});

	const target = join(makeTemporaryFolder(), 'api');
	const restored = await command(parts, ['restore', 'api', '--to', target]);
	expect(restored.exitCode).toBe(exitCodes.done);
	expect(restored.text).toContain('acme/api (notes): ');
	expect(readFileSync(`${target}.notes/notes.txt`, 'utf8')).toBe('Buy milk.\n');
});
