/** A whole number from 0 up to but not including `below`. */
export type Random = (below: number) => number;

/** The same numbers for the same seed (mulberry32). */
export const createRandom = (seed: number): Random => {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
	};
};

export const pick = <Item>(random: Random, items: readonly Item[]): Item => {
	const item = items[random(items.length)];
	if (item === undefined) {
		throw new Error('nothing to pick from');
	}

	return item;
};

/** The items in another order. */
export const shuffle = <Item>(random: Random, items: readonly Item[]): readonly Item[] =>
	items
		.map((item) => ({item, place: random(2 ** 30)}))
		.toSorted((left, right) => left.place - right.place)
		.map(({item}) => item);
