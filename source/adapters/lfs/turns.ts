/** A file that waits for its turn. */
export type Waiting = {
	/** Bytes. */
	readonly size: number;
	/** Bytes of it that lie on the disk already. */
	readonly readPart: () => Promise<number>;
	/** Bytes that are free on the disk. */
	readonly readFree: () => Promise<number>;
};

/** It was not its turn at all: it is larger than these bytes that are left. */
export type NoRoom = {readonly result: 'no-room'; readonly free: number};

/**
 * The turns of all files that a source fetches. Lets some act at once, the others wait in line. A file
 * that does not fit on the disk beside those under way has no turn.
 */
export type Turns = <Result>(file: Waiting, act: () => Promise<Result>) => Promise<Result | NoRoom>;

/** `count`: files at once. */
export const openTurns = (count: number): Turns => {
	const enter = openSlots(count);
	const room = openRoom();
	return (file, act) =>
		enter(async () => {
			const taken = await room.take(file);
			if (typeof taken !== 'number') {
				return taken;
			}

			try {
				return await act();
			} finally {
				room.leave(taken);
			}
		});
};

/** Lets `count` act at once. */
const openSlots = (count: number): (<Result>(act: () => Promise<Result>) => Promise<Result>) => {
	let free = count;
	const line: (() => void)[] = [];
	return async (act) => {
		if (free > 0) {
			free -= 1;
		} else {
			await new Promise<void>((enter) => line.push(enter));
		}

		try {
			return await act();
		} finally {
			const next = line.shift();
			if (next === undefined) {
				free += 1;
			} else {
				next();
			}
		}
	};
};

/** Bytes that LFS files leave free: records, and the code of other repositories, need some. */
const reserve = 16 * 1024 * 1024;

const openRoom = () => {
	/** Bytes that are free for certain. The disk is asked once they are used up. */
	let left = 0;
	let underWay = 0;
	return {
		/** Gives the bytes that were taken for a file. */
		take: async ({size, readPart, readFree}: Waiting): Promise<number | NoRoom> => {
			let taken = size;
			if (taken > left) {
				taken = Math.max(0, size - (await readPart()));
				left = (await readFree()) - reserve - underWay;
			}

			if (taken > left) {
				return {result: 'no-room', free: Math.max(0, left)};
			}

			left -= taken;
			underWay += taken;
			return taken;
		},
		leave: (taken: number): void => {
			underWay -= taken;
		},
	};
};
