import {spawnSync} from 'node:child_process';

/** Does this system let its users make namespaces and mount in them? */
export const canMount =
	spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/**
 * In a mount namespace of its own, which needs no privilege: what lies in the folder goes to a disk
 * in memory, which is made as full as is wanted and mounted in the folder's place for as long as
 * the command runs; then what is on the disk is brought back. A folder that the disk is taken away
 * from is empty.
 */
const script = `
folder=$1 room=$2 files=$3 mode=$4; shift 4
disk=$(mktemp -d)
mkdir -p "$folder"
mount -t tmpfs tmpfs "$disk"
cp -a "$folder/." "$disk"
find "$folder" -mindepth 1 -delete
size=$(($(du -sk "$disk" | cut -f 1) + room))k
inodes=$(($(find "$disk" | wc -l) + files))
mount -o "remount,size=$size,nr_inodes=$inodes,$mode" "$disk"
mount --bind "$disk" "$folder"
"$@"
code=$?
umount "$folder" 2>/dev/null
find "$folder" -type f -printf 'written beside the disk: %p\\n' >&2
find "$folder" -mindepth 1 -delete
cp -a "$disk/." "$folder"
umount "$disk"
rmdir "$disk"
exit $code
`;

export type DiskOptions = {
	/** KiB that are left. */
	readonly room?: number;
	/** Files and folders that may still be made. */
	readonly files?: number;
	readonly isReadOnly?: boolean;
};

/** The words before a command that is to find `folder` on such a disk. */
export const onSmallDisk = (folder: string, options: DiskOptions): readonly string[] => {
	const {room = 1024 * 1024, files = 1_000_000, isReadOnly = false} = options;
	const values = [folder, String(room), String(files), isReadOnly ? 'ro' : 'rw'];
	return ['unshare', '-rm', 'sh', '-c', script, 'small-disk', ...values];
};
