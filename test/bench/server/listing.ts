import {createHash} from 'node:crypto';

/** A repository to serve: its name, and the bare repository that answers for it. */
export type Offer = {readonly slug: string; readonly path: string; readonly size?: number};

export const workspace = 'acme';

const pageLength = 100;

/** Has the form of version 4, and is always the same for a name. */
export const uuidOf = (slug: string): string => {
	const hex = createHash('sha256').update(slug).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const describe = (origin: string, {slug, size = 0}: Offer): object => ({
	uuid: `{${uuidOf(slug)}}`,
	slug,
	full_name: `${workspace}/${slug}`,
	is_private: true,
	mainbranch: {name: 'main'},
	has_wiki: false,
	size,
	links: {clone: [{name: 'https', href: `${origin}/${workspace}/${slug}.git`}]},
});

/** The pages of the workspace's listing in their order. */
export const makePages = (origin: string, repositories: readonly Offer[]): readonly Buffer[] => {
	const count = Math.max(1, Math.ceil(repositories.length / pageLength));
	return Array.from({length: count}, (_, index) => {
		const isLast = index === count - 1;
		return Buffer.from(
			JSON.stringify({
				size: repositories.length,
				values: repositories
					.slice(index * pageLength, (index + 1) * pageLength)
					.map((repository) => describe(origin, repository)),
				...(isLast
					? {}
					: {next: `${origin}/2.0/repositories/${workspace}?pagelen=100&page=${index + 2}`}),
			}),
		);
	});
};
