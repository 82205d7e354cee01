/**
 * Cuts groups of refs, in order, into steps so that no step has two refs with a part that differs
 * only in case: `feature` and `Feature`, `Team/a` and `team/b`. Git writes a new ref as a file of its
 * name, and many file systems (usually on macOS and Windows) treat such names as one. Packing the
 * refs between the steps is safe on all of them.
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

/** The same text for all names that a file system may treat as one: case, composed letters. */
const fold = (text: string): string => text.normalize('NFC').toUpperCase().toLowerCase();
