/** Uuids with their slugs. */
export type Names = Iterable<readonly [uuid: string, slug: string]> & {readonly size: number};

/** Names on their way into one text. */
const mostOpen = 1000;

/** Stands in no name that Bitbucket gives. A name that has it all the same loses it. */
const separator = '\0';

/**
 * Names of repositories that a run does not work on, held as texts: a map of a hundred thousand takes
 * three times as much memory.
 */
export const packNames = (): Names & {add(uuid: string, slug: string): void} => {
	const packed: string[] = [];
	let open: string[] = [];
	let size = 0;
	return {
		get size() {
			return size;
		},
		add: (uuid, slug) => {
			size += 1;
			open.push([uuid, slug].map((name) => name.replaceAll(separator, '')).join(separator));
			if (open.length === mostOpen) {
				packed.push(open.join(separator));
				open = [];
			}
		},
		*[Symbol.iterator]() {
			for (const text of [...packed, ...open]) {
				const fields = text.split(separator);
				for (let index = 0; index < fields.length; index += 2) {
					yield [fields[index] ?? '', fields[index + 1] ?? ''];
				}
			}
		},
	};
};
