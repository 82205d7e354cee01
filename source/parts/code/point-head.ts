import type {Git} from '../../ports/git.ts';

/** Makes HEAD name a branch. Gives whether it named another one before. */
export const pointHead = async (
	git: Git,
	mirror: string,
	head: string | undefined,
): Promise<boolean> => {
	const print = await git.readStamp(mirror);
	if (head === undefined || print?.head === `ref: ${head}`) {
		return false;
	}

	await git.setHead(mirror, head);
	return true;
};
