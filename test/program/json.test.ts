import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, vi} from 'vitest';
import {findMarkedProcesses} from '../../source/adapters/files/processes.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

type Line = Readonly<Record<string, unknown>>;

/** Each line, after it was found to fit the schema. */
const readLines = async (stdout: string): Promise<readonly Line[]> => {
	const validate = await compileSchema();
	return stdout
		.trimEnd()
		.split('\n')
		.map((text) => {
			const line: Line = JSON.parse(text);
			expect(validate(line), `${text}\n${JSON.stringify(validate.errors)}`).toBe(true);
			return line;
		});
};

const typesOf = (lines: readonly Line[]): readonly unknown[] => lines.map(({type}) => type);

describe('the JSON of a real run', () => {
	it('fits the schema with a wait, a failure and a listing that shrank, and ends with the result', async () => {
		const {path} = await acme.add('api');
		acme.sandbox.addRepository({workspace: 'acme', slug: 'bad', path});
		const others = ['r1', 'r2', 'r3', 'r4'].map((slug) =>
			acme.sandbox.addRepository({workspace: 'acme', slug}),
		);
		acme.sandbox.addFault({
			match: {path: /git-upload-pack$/, method: 'POST'},
			times: 1,
			answer: {kind: 'rate-limit', tells: 'retry-after-seconds', seconds: 1},
		});
		acme.sandbox.addFault({
			match: {repository: 'acme/bad', service: 'git'},
			answer: {kind: 'answer', status: 404, body: 'no'},
		});
		const home = makeHome(acme.sandbox);

		const first = await runHere(home, ['--yes', '--json']);

		expect(first.exitCode).toBe(3);
		const lines = await readLines(first.stdout);
		expect(typesOf(lines)).toEqual(
			expect.arrayContaining(['run-started', 'plan-made', 'wait-started', 'wait-ended']),
		);
		expect(lines.at(-1)).toMatchObject({
			type: 'result',
			exitCode: 3,
			sources: [{inScope: 6, new: 5, failed: 1}],
			failures: [{repository: 'acme/bad', failure: {kind: 'not-found'}}],
		});

		acme.sandbox.clearFaults();
		for (const repository of others) {
			acme.sandbox.deleteRepository(repository);
		}

		const shrunken = await runHere(home, ['--yes', '--json']);

		expect(shrunken.exitCode).toBe(3);
		expect((await readLines(shrunken.stdout)).at(-1)).toMatchObject({
			type: 'result',
			exitCode: 3,
			sources: [{new: 1, shrinkage: {expected: 5, found: 1, missingCount: 4}}],
		});
	});

	it('fits the schema and ends with the result if it was interrupted while it waited for a pack, and leaves no process', async () => {
		await acme.add('api');
		const fault = acme.sandbox.addFault({
			match: {path: /git-upload-pack$/, method: 'POST'},
			answer: {kind: 'silence'},
		});
		const home = makeHome(acme.sandbox);
		const program = home.start(['--yes', '--json'], {CISTERN_TEST_HOME: home.folder});
		await vi.waitFor(() => expect(fault.hits).toBeGreaterThan(0), {timeout: 20_000});

		program.child.kill('SIGTERM');

		const {exitCode, stdout, stderr} = await program.result;
		expect(exitCode).toBe(130);
		expect(stderr).not.toContain('    at ');
		expect(await findMarkedProcesses(`CISTERN_TEST_HOME=${home.folder}`)).toEqual([]);
		expect(existsSync(join(home.backup, 'acme', '.cistern', 'lock'))).toBe(false);
		expect((await readLines(stdout)).at(-1)).toMatchObject({
			type: 'result',
			exitCode: 130,
			sources: [{leftOut: 1}],
		});
	});
});
