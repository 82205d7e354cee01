import {spawnSync} from 'node:child_process';

/** Does this system let its users make namespaces and mount in them? */
export const canMount =
	spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/**
 * In a mount namespace of its own, which needs no privilege: what lies in the folder is copied to a
 * disk in memory, that is made as full as is wanted and mounted over the folder for as long as the
 * command runs; then what is on the disk is brought back.
 */
const script = `
folder=$1 room=$2 options=$3; shift 3
disk=$(mktemp -d)
mkdir -p "$folder"
mount -t tmpfs tmpfs "$disk"
cp -a "$folder/." "$disk"
mount -o "remount,size=$(($(du -sk "$disk" | cut -f 1) + room))k$options" "$disk"
mount --bind "$disk" "$folder"
"$@"
code=$?
umount "$folder"
find "$folder" -mindepth 1 -delete
cp -a "$disk/." "$folder"
umount "$disk"
rmdir "$disk"
exit $code
`;

/**
 * What comes before a command that is to find `folder` on a disk with so many KiB left. More of
 * mount's options begin with a comma (`,nr_inodes=100`).
 */
export const onSmallDisk = (folder: string, room: number, options = ''): readonly string[] => [
	'unshare',
	'-rm',
	'sh',
	'-c',
	script,
	'small-disk',
	folder,
	String(room),
	options,
];
