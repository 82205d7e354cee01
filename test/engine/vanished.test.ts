import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {readRefs} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
const missing = [{kind: 'repository-missing'}];

const remove = (slug: string): void => rmSync(acme.path(`acme#${slug}`), {recursive: true});

describe('a saved repository of which nothing is left', () => {
	it('is named by verify, and the next backup says that its old tips are lost', async () => {
		const [{path}] = await acme.addSaved('api', 'web', 'junk', 'docs');
		remove('api');
		mkdirSync(acme.path('acme#api'));
		remove('web');
		remove('junk');
		mkdirSync(acme.path('acme#junk'));
		writeFileSync(acme.path('acme#junk', 'desktop.ini'), '[.ShellClassInfo]\n');

		const {exitCode, findings} = await runVerify(acme);

		expect(exitCode).toBe(exitCodes.incomplete);
		for (const slug of ['api', 'web', 'junk']) {
			expect(findings.get(`acme/${slug}`)).toEqual(missing);
		}

		expect(findings.get('acme/docs')).toEqual([]);
		const status = await runHere(makeHome(acme.sandbox, {}, acme.folder), ['status']);
		for (const slug of ['api', 'web', 'junk']) {
			expect(status.stdout).toMatch(new RegExp(`${slug} .* its folder is empty or not there`));
		}

		expect(status.stdout).not.toContain('takes it over');
		const named = await runVerify(acme, ['api', '--json']);
		expect(named.exitCode).toBe(exitCodes.incomplete);
		expect(named.findings.get('acme/api')).toEqual(missing);
		for (const name of ['web', 'acme/web', 'w*']) {
			const {exitCode: code, findings: found} = await runVerify(acme, [name, '--json']);
			expect([code, found.get('acme/web')]).toEqual([exitCodes.incomplete, missing]);
		}

		const {reports, outcomes} = await acme.run();

		expect(reports[0]).toMatchObject({
			exitCode: exitCodes.incomplete,
			lost: expect.arrayContaining(['acme/api', 'acme/web', 'acme/junk']),
		});
		expect(outcomes.get('acme/docs')).toMatchObject({result: 'unchanged'});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);
	});

	it('is said once if upstream does not have it any more either', async () => {
		const [, web] = await acme.addSaved('api', 'web');
		acme.sandbox.deleteRepository(web);
		await acme.run();
		remove('web');

		const {exitCode, events, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({lost: ['acme/web']});
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'noticed',
				text: expect.stringContaining('acme/web was saved'),
			}),
		);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);
	});
});
