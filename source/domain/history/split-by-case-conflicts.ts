/**
 * Groups in order, cut into steps so that no step has two refs of which any part differs from the
 * other's in its spelling alone: `feature` and `Feature`, `Team/a` and `team/b`. Git keeps a ref that
 * was just written as a file of its name, and many file systems (of macOS and Windows, most often)
 * take such names for one. Whoever packs the refs between the steps is safe on all of them.
 */
export const splitByCaseConflicts = <Item>(
	groups: readonly (readonly Item[])[],
	refOf: (item: Item) => string,
): readonly (readonly (readonly Item[])[])[] => {
	let group: Item[] = [];
	let step: (readonly Item[])[] = [];
	const steps = [step];
	let spellings = new Map<string, string>();
	for (const items of groups) {
		group = [];
		step.push(group);
		for (const item of items) {
			const parts = partsOf(refOf(item));
			if (parts.some((part) => (spellings.get(fold(part)) ?? part) !== part)) {
				group = [];
				step = [group];
				steps.push(step);
				spellings = new Map();
			}

			group.push(item);
			for (const part of parts) {
				spellings.set(fold(part), part);
			}
		}
	}

	return steps;
};

/** `a/b/c` to `a`, `a/b` and `a/b/c`. */
const partsOf = (ref: string): readonly string[] => {
	const names = ref.split('/');
	return names.map((_, index) => names.slice(0, index + 1).join('/'));
};

/** One text for all that some file system takes for one name: case and composed letters. */
const fold = (text: string): string => text.normalize('NFC').toUpperCase().toLowerCase();
