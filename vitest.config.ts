import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';
import {DearFirst} from './test/helpers/dear-first.ts';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		globalSetup: ['test/helpers/build-once.ts', 'test/helpers/tests-folder.ts'],
		sequence: {shuffle: true, sequencer: DearFirst},
		// No test mocks a module or leaves anything behind in one, so a worker may run many files.
		isolate: false,
		// The default leaves a core idle; on two cores that is half of them. One more than there are
		// cores, since a test often waits: for a terminal, for a program's own pause.
		maxWorkers: availableParallelism() + 1,
		// A test is mostly processes, and each is a fork of the worker: cheaper by a fifth where that has
		// no threads of V8's beside it. Hardly any code runs for so long that optimizing it pays. A
		// fork makes each page dear that the worker writes to next, so new objects get few pages.
		execArgv: ['--v8-pool-size=0', '--no-opt', '--no-maglev', '--max-semi-space-size=2'],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// What the machine sets must not decide a test: each starts from an environment of its own.
		env: {CI: '', NO_COLOR: '', FORCE_COLOR: ''},
	},
});
