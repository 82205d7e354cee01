/** What Cistern alone holds of a repository. */
export type KeptState = {
	/** Each kept object, and the commit that it stands for: a tag object's is another. */
	readonly tips: ReadonlyMap<string, string>;
	/** Commits that no branch and no tag of upstream's reaches, newest first, with their parents. */
	readonly commits: ReadonlyMap<string, readonly string[]>;
};

/** A commit in the words of whoever made it. */
export type KeptCommit = {
	readonly oid: string;
	readonly author: string;
	readonly email: string;
	/** When it was made, RFC 3339. */
	readonly at: string;
	/** The first line of its message. */
	readonly subject: string;
};

/** Commits that one kept tip alone holds on to, or together with other kept ones, newest first. */
export const commitsOnlyHere = (tip: string, {tips, commits}: KeptState): readonly string[] => {
	const reached = new Set<string>();
	const open = [tips.get(tip) ?? tip];
	for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
		const parents = commits.get(oid);
		if (parents !== undefined && !reached.has(oid)) {
			reached.add(oid);
			open.push(...parents);
		}
	}

	return [...commits.keys()].filter((oid) => reached.has(oid));
};
