import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';

/**
 * What a killed git leaves behind: locks that block a later git, `.keep` files that keep a pack
 * out of every repack, and garbage. A ref's name cannot end in `.lock` (git-check-ref-format(1)),
 * so such a file below refs/ is always a lock.
 */
const leftover = (path: string): boolean =>
	/^refs\/.*\.lock$/.test(path) ||
	/^(HEAD|config|packed-refs|shallow|objects\/maintenance|objects\/info\/[^/]*|objects\/pack\/[^/]*)\.lock$/.test(
		path,
	) ||
	/^(packed-refs\.new|gc\.pid|FETCH_HEAD)$/.test(path) ||
	/^objects\/pack\/(pack-[^/]*\.keep|tmp_[^/]*|\.tmp-[^/]*)$/.test(path) ||
	/^objects\/[0-9a-f]{2}\/tmp_obj_[^/]*$/.test(path);

/** Only for a mirror that nobody works on: the caller holds the folder's lock. */
export const removeStaleLocks = async (mirror: string): Promise<void> => {
	const names = await readdir(mirror, {recursive: true});
	const paths = names.map((name) => name.replaceAll('\\', '/')).filter(leftover);
	await Promise.all(paths.map((path) => rm(join(mirror, path), {force: true})));
};
