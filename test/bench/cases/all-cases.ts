import type {Finding} from '../report/finding.ts';
import type {Bench} from '../scene/bench.ts';
import {measureChanged} from './changed.ts';
import {measureClone} from './clone.ts';
import {measureGrowth} from './growth.ts';
import {measureLatency} from './latency.ts';
import {measureLiveView} from './live-view.ts';
import {measureManyRefs} from './many-refs.ts';
import {measureStartUp} from './start-up.ts';
import {measureStatus} from './status.ts';
import {measureUnchanged} from './unchanged.ts';
import {measureVerify} from './verify.ts';

export type Case = (bench: Bench) => Promise<readonly Finding[]>;

/** By the names that `--only` knows. */
export const allCases: Readonly<Record<string, Case>> = {
	unchanged: measureUnchanged,
	changed: measureChanged,
	clone: measureClone,
	'start-up': measureStartUp,
	growth: measureGrowth,
	'live-view': measureLiveView,
	latency: measureLatency,
	'many-refs': measureManyRefs,
	verify: measureVerify,
	status: measureStatus,
};
