import {execFile} from 'node:child_process';
import {cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {readOid, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Unpacks a mirror and removes the content of the file that its branch holds. */
const loseFile = async (mirror: string): Promise<void> => {
	const packs = join(mirror, 'objects', 'pack');
	const aside = makeTemporaryFolder();
	cpSync(packs, aside, {recursive: true});
	rmSync(packs, {recursive: true});
	for (const name of readdirSync(aside).filter((name) => name.endsWith('.pack'))) {
		await promisify(execFile)('sh', ['-c', `git unpack-objects -q < ${join(aside, name)}`], {
			cwd: mirror,
		});
	}

	const oid = await readOid(mirror, 'main:README.md');
	rmSync(join(mirror, 'objects', oid.slice(0, 2), oid.slice(2)));
};

const recordPath = (): string => acme.path('acme#api', 'cistern.json');

describe('a folder that somebody damaged', () => {
	it.each([
		[
			'its refs are garbage',
			exitCodes.done,
			() => writeFileSync(join(acme.mirror('api'), 'packed-refs'), 'junk'),
		],
		[
			'its HEAD is garbage',
			exitCodes.done,
			() => writeFileSync(join(acme.mirror('api'), 'HEAD'), 'junk'),
		],
		[
			// Its history went with them, and no run may pass that over.
			'its objects are gone',
			exitCodes.incomplete,
			() => {
				rmSync(join(acme.mirror('api'), 'objects'), {recursive: true});
				mkdirSync(join(acme.mirror('api'), 'objects'));
			},
		],
		[
			'an object is missing that only a commit names',
			exitCodes.done,
			() => loseFile(acme.mirror('api')),
		],
	])('is set aside where %s, and the repository is saved anew', async (_, code, damage) => {
		const [{path}] = await acme.addSaved('api');
		await damage();

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(code);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		const names = readdirSync(acme.path('acme#api'));
		expect(names.filter((name) => name.startsWith('repo.damaged-'))).toHaveLength(1);
	});

	it('is looked at again where its record is cut short', async () => {
		const [{path}] = await acme.addSaved('api');
		writeFileSync(recordPath(), readFileSync(recordPath(), 'utf8').slice(0, 40));

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(JSON.parse(readFileSync(recordPath(), 'utf8'))).toMatchObject({slug: 'api'});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});

	it("is left alone where a newer Cistern's record lies in it", async () => {
		await acme.addSaved('api');
		writeFileSync(recordPath(), '{"version": 3}');

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/api')).toMatchObject({failure: {kind: 'record-newer'}});
		expect(readFileSync(recordPath(), 'utf8')).toBe('{"version": 3}');
	});
});
