import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const recordPath = (): string => acme.path('acme#api', 'cistern.json');

describe('a folder that somebody damaged', () => {
	it.each([
		['its refs are garbage', () => writeFileSync(join(acme.mirror('api'), 'packed-refs'), 'junk')],
		['its HEAD is garbage', () => writeFileSync(join(acme.mirror('api'), 'HEAD'), 'junk')],
		[
			'its objects are gone',
			() => rmSync(join(acme.mirror('api'), 'objects', 'pack'), {recursive: true}),
		],
	])('is set aside where %s, and the repository is saved anew', async (_, damage) => {
		const {path} = await acme.add('api');
		await acme.run();
		damage();

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		const names = readdirSync(acme.path('acme#api'));
		expect(names.filter((name) => name.startsWith('repo.damaged-'))).toHaveLength(1);
	});

	it('is looked at again where its record is cut short', async () => {
		const {path} = await acme.add('api');
		await acme.run();
		writeFileSync(recordPath(), readFileSync(recordPath(), 'utf8').slice(0, 40));

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(JSON.parse(readFileSync(recordPath(), 'utf8'))).toMatchObject({slug: 'api'});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});

	it("is left alone where a newer Cistern's record lies in it", async () => {
		await acme.add('api');
		await acme.run();
		writeFileSync(recordPath(), '{"version": 2}');

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/api')).toMatchObject({failure: {kind: 'record-newer'}});
		expect(readFileSync(recordPath(), 'utf8')).toBe('{"version": 2}');
	});
});
