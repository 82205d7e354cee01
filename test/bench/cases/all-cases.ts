import type {Finding} from '../report/finding.ts';
import type {Bench} from '../scene/bench.ts';
import {measureChanged} from './changed.ts';
import {measureClone} from './clone.ts';
import {measureManyRefs} from './many-refs.ts';
import {measureUnchanged} from './unchanged.ts';

export type Case = (bench: Bench) => Promise<readonly Finding[]>;

/** By the names that `--only` knows. */
export const allCases: Readonly<Record<string, Case>> = {
	unchanged: measureUnchanged,
	changed: measureChanged,
	clone: measureClone,
	'many-refs': measureManyRefs,
};
