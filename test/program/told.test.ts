import {randomBytes} from 'node:crypto';
import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {canMount, onSmallDisk} from '../helpers/small-disk.ts';
import {startTellSink} from '../helpers/tell-sink.ts';
import {commitFile} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('a backup is told although', () => {
	it.skipIf(!canMount)(
		'neither the disk of the backup nor that of the home folder has room [needs namespaces]',
		async () => {
			const {path} = await acme.add('api');
			await commitFile(path, {content: randomBytes(300_000)});
			const sink = await startTellSink();
			const home = makeHome(acme.sandbox);
			appendFileSync(home.settings, `tell:\n  - slack: ${sink.origin}/slack\n`);
			// The message is remembered in the home folder, if that can be.
			const through = [
				...onSmallDisk(home.backup, {room: 150}),
				...onSmallDisk(join(home.folder, 'home'), {room: 0, files: 0}),
			];
			const {exitCode, stderr} = await home.run(['--yes'], {}, through);

			expect(stderr).toMatch(/no space is left for \S+/);
			expect(stderr).not.toMatch(/state\/cistern|bug in Cistern/);
			expect(exitCode).toBe(1);
			expect(sink.requests.map(({body}) => JSON.parse(body).text)).toEqual([
				expect.stringMatching(/^Cistern: the backup could not work[\s\S]*no space is left/),
			]);
		},
	);
});
