import {BaseSequencer, type TestSpecification} from 'vitest/node';
import {createRandom} from './random.ts';

/** Files whose tests start processes. */
const dear = /\/test\/(?:chaos|engine|program|terminal)\//;

/**
 * Random, as tests must pass in any order, but the files that take long before all others: one that
 * came last would leave all cores but one with nothing to do.
 */
export class DearFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const random = createRandom(this.ctx.config.sequence.seed);
		const shuffled = files
			.map((file) => ({file, place: random(files.length ** 2)}))
			.toSorted((left, right) => left.place - right.place)
			.map(({file}) => file);
		const isDear = ({moduleId}: TestSpecification): boolean => dear.test(moduleId);
		return [...shuffled.filter(isDear), ...shuffled.filter((file) => !isDear(file))];
	}
}
