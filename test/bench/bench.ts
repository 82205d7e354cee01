/**
 * Measures the program side by side with git's own commands on the same server:
 * `npm run bench`, `npm run bench -- --only unchanged --quick --json FILE`.
 */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {cpus, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {measureChanged, measureChangedRefs, measureManyRefs} from './cases/changed.ts';
import {measureClone} from './cases/clone.ts';
import {measureGrowth} from './cases/growth.ts';
import {measureLargePack} from './cases/large-pack.ts';
import {measureLfs} from './cases/lfs.ts';
import {measureLiveView} from './cases/live-view.ts';
import {measureMetadata, measurePages} from './cases/metadata.ts';
import {measureStartUp} from './cases/start-up.ts';
import {measureStateless} from './cases/stateless.ts';
import {measureStatus} from './cases/status.ts';
import {measureStore} from './cases/store.ts';
import {measureTelling} from './cases/telling.ts';
import {measureLatency, measureUnchanged} from './cases/unchanged.ts';
import {measureVerify} from './cases/verify.ts';
import {formatFinding} from './report/format.ts';
import type {Finding} from './report/measurement.ts';
import {type Bench, endChildren} from './scene/bench.ts';
import {startServer} from './server/start-server.ts';

/** By the names that `--only` takes. */
const allCases: Readonly<Record<string, (bench: Bench) => Promise<readonly Finding[]>>> = {
	unchanged: measureUnchanged,
	latency: measureLatency,
	changed: measureChanged,
	clone: measureClone,
	'start-up': measureStartUp,
	growth: measureGrowth,
	'live-view': measureLiveView,
	'changed-refs': measureChangedRefs,
	'many-refs': measureManyRefs,
	verify: measureVerify,
	status: measureStatus,
	lfs: measureLfs,
	telling: measureTelling,
	store: measureStore,
	stateless: measureStateless,
	metadata: measureMetadata,
	pages: measurePages,
	'large-pack': measureLargePack,
};

const {values} = parseArgs({
	options: {
		only: {type: 'string', multiple: true},
		quick: {type: 'boolean', default: false},
		json: {type: 'string'},
	},
});
const names = values.only ?? Object.keys(allCases);
for (const name of names) {
	if (!(name in allCases)) {
		process.stderr.write(
			`There is no case "${name}"; there are ${Object.keys(allCases).join(', ')}.\n`,
		);
		process.exit(2);
	}
}

const root = mkdtempSync(join(tmpdir(), 'cistern-bench-'));
const server = await startServer();
const removeAll = (): void => {
	endChildren();
	server.close();
	rmSync(root, {recursive: true, force: true, maxRetries: 5, retryDelay: 100});
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => {
		removeAll();
		process.exit(130);
	});
}

const findings: Finding[] = [];
try {
	for (const name of names) {
		const folder = join(root, name);
		mkdirSync(folder);
		const found = (await allCases[name]?.({folder, server, isQuick: values.quick})) ?? [];
		process.stdout.write(found.map(formatFinding).join(''));
		findings.push(...found);
		rmSync(folder, {recursive: true});
	}
} finally {
	removeAll();
}

const path = values.json ?? join(tmpdir(), 'cistern-bench.json');
const machine = {node: process.version, processors: cpus().length, model: cpus()[0]?.model};
const at = new Date().toISOString();
writeFileSync(path, `${JSON.stringify({at, machine, findings}, undefined, '\t')}\n`);
process.stdout.write(`Every sample is in ${path}\n`);
