/** Insertions, deletions and replacements that turn one word into the other. */
const distance = (from: string, to: string): number => {
	let row = Array.from({length: to.length + 1}, (_, index) => index);
	for (const [above, letter] of [...from].entries()) {
		const next = [above + 1];
		for (const [index, other] of [...to].entries()) {
			const replaced = (row[index] ?? 0) + (letter === other ? 0 : 1);
			next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
		}

		row = next;
	}

	return row.at(-1) ?? 0;
};

/** The known word that was most likely meant; undefined where none is close. */
export const suggest = (word: string, known: Iterable<string>): string | undefined => {
	const lower = word.toLowerCase();
	let best: {word: string; distance: number} | undefined;
	for (const candidate of known) {
		const away = distance(lower, candidate.toLowerCase());
		if (
			away <= Math.max(1, Math.floor(candidate.length / 3)) &&
			away < (best?.distance ?? Infinity)
		) {
			best = {word: candidate, distance: away};
		}
	}

	return best?.word;
};
