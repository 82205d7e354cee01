/** Milliseconds: what lies in memory answers ten times as fast. */
const longest = 0.25;
/** So many in a row that took longer are no chance: once, it may be that others had the processor. */
const mostSlow = 2;
/** So many are handed over before the next one is tried again. */
const handedOver = 16;

/**
 * File systems that another machine or another program answers for, by the number that Linux gives
 * them (statfs(2)): NFS, SMB in its three forms, FUSE, Ceph, AFS, 9P, Lustre, Coda and VirtualBox.
 */
const far = new Set([
	0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x65735546, 0xc36400, 0x5346414f, 0x1021997, 0xbd00bd0,
	0x73757245, 0x786f4256,
]);

/** How what is small is asked for where the backups lie. */
export type Disk = {
	/** Says what the file system is, by its number. Until then, and for good after one that is far, all is asked aside. */
	note(type: number): void;
	/**
	 * Asks for something small. A run does so thousands of times, and to hand one to another thread, as
	 * Node does for every file, costs several times what the asking does. It pays where a disk has to
	 * be waited for: then, and only then, many are asked side by side. One that may never answer is
	 * asked in no other way, since nothing could end the program while it waits. `now` and `aside` do
	 * the same and fail alike.
	 */
	whileQuick<Result>(now: () => Result, aside: () => Promise<Result>): Promise<Result>;
};

export const createDisk = (): Disk => {
	let isNear: boolean | undefined;
	let slow = 0;
	let left = 0;
	return {
		note: (type) => {
			isNear = isNear !== false && !far.has(type);
		},
		whileQuick: async (now, aside) => {
			if (isNear !== true) {
				return aside();
			}

			if (left > 0) {
				left -= 1;
				return aside();
			}

			const started = performance.now();
			try {
				return now();
			} finally {
				slow = performance.now() - started > longest ? slow + 1 : 0;
				left = slow >= mostSlow ? handedOver : 0;
			}
		},
	};
};

/** That of this program: its backups lie in one folder. */
export const disk = createDisk();
