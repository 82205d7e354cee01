import {formatCount, formatSize} from '../text/format.ts';

/** The news of one repository, as they are told. */
export type News = {
	/** Pull requests that were not here before, and others that changed. */
	readonly added: number;
	readonly changed: number;
	/** New comments, and changed ones. */
	readonly comments: number;
	/** Pull requests whose commits came as a patch. */
	readonly patches: number;
	/** Contents of downloads that came, and their bytes. */
	readonly downloads: number;
	readonly bytes: number;
};

export const addNews = (all: readonly News[]): News => ({
	added: sum(all.map(({added}) => added)),
	changed: sum(all.map(({changed}) => changed)),
	comments: sum(all.map(({comments}) => comments)),
	patches: sum(all.map(({patches}) => patches)),
	downloads: sum(all.map(({downloads}) => downloads)),
	bytes: sum(all.map(({bytes}) => bytes)),
});

const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);

/** `14 pull requests changed, 41 comments`; empty if there is nothing new. */
export const describeNews = ({added, changed, comments, patches, downloads, bytes}: News): string =>
	[
		...(added === 0 ? [] : [formatCount(added, 'new pull request')]),
		...(changed === 0 ? [] : [`${formatCount(changed, 'pull request')} changed`]),
		...(comments === 0 ? [] : [formatCount(comments, 'comment')]),
		...(patches === 0 ? [] : [`commits of ${formatCount(patches, 'pull request')}`]),
		...(downloads === 0 ? [] : [`${formatCount(downloads, 'download')} (${formatSize(bytes)})`]),
	].join(', ');
