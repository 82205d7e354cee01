import type {TerminalScreen} from '../test/helpers/terminal-screen.ts';
import {type Picture, readPicture} from './read-picture.ts';
import type {Frame} from './write-svg.ts';

const frameLimit = 40;
/** Milliseconds. */
const longestFrame = 700;
const readingTime = 3_000;
const lastFrame = 7_000;

/** Every change of the screen until the program ends, at the pace at which it happened. */
export const recordFilm = async (screen: TerminalScreen): Promise<readonly Frame[]> => {
	const shots: {readonly picture: Picture; readonly text: string; readonly at: number}[] = [];
	const shoot = (): void => {
		const text = screen.text();
		const isWhole = !screen.emulator.modes.synchronizedOutputMode;
		if (isWhole && text.trim() !== '' && text !== shots.at(-1)?.text) {
			shots.push({picture: readPicture(screen.emulator), text, at: performance.now()});
		}
	};
	const listener = screen.emulator.onWriteParsed(shoot);
	await screen.exited;
	listener.dispose();
	shoot();
	return shorten(
		shots.map(({picture, text, at}, index) => ({
			picture,
			duration: timeFor(text, (shots[index + 1]?.at ?? Number.POSITIVE_INFINITY) - at),
		})),
	);
};

/** A summary needs time to be read, waiting for a slow machine does not. */
const timeFor = (text: string, passed: number): number => {
	if (passed === Number.POSITIVE_INFINITY) {
		return lastFrame;
	}
	return text.trimEnd().endsWith('complete') ? readingTime : Math.min(passed, longestFrame);
};

/** Leaves out the shortest frame, again and again, and gives its time to the one before. */
const shorten = (frames: readonly Frame[]): readonly Frame[] => {
	const kept = [...frames];
	while (kept.length > frameLimit) {
		const durations = kept.map(({duration}) => duration);
		const index = durations.indexOf(Math.min(...durations.slice(1)), 1);
		const [gone] = kept.splice(index, 1);
		const before = kept[index - 1];
		if (gone !== undefined && before !== undefined) {
			kept[index - 1] = {...before, duration: before.duration + gone.duration};
		}
	}
	return kept.map(({picture, duration}) => ({picture, duration: Math.round(duration)}));
};
