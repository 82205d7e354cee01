import {formatCount, formatSize} from '../text/format.ts';
import {readPullRequestPath} from './paths.ts';
import {wordsOfSetting} from './settings-state.ts';

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
	/** Snippets whose contents came. */
	readonly snippets: number;
	/** Settings that are new or changed, by the names of their files. */
	readonly settings: readonly string[];
	/** Those of them that an earlier backup had saved otherwise. */
	readonly changedSettings: readonly string[];
};

export const addNews = (all: readonly News[]): News => ({
	added: sum(all.map(({added}) => added)),
	changed: sum(all.map(({changed}) => changed)),
	comments: sum(all.map(({comments}) => comments)),
	patches: sum(all.map(({patches}) => patches)),
	downloads: sum(all.map(({downloads}) => downloads)),
	bytes: sum(all.map(({bytes}) => bytes)),
	snippets: sum(all.map(({snippets}) => snippets)),
	settings: joinNames(all.map(({settings}) => settings)),
	changedSettings: joinNames(all.map(({changedSettings}) => changedSettings)),
});

const joinNames = (all: readonly (readonly string[])[]): readonly string[] => [
	...new Set(all.flat()),
];

const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);

/**
 * `14 pull requests changed, 41 comments`; empty if there is nothing new. Each repository has settings,
 * so the first ones are no news.
 */
export const describeNews = (news: News): string =>
	[describeOthers(news), describeSettings(news.changedSettings)]
		.filter((text) => text !== '')
		.join(', ');

/** All news but settings. */
const describeOthers = ({
	added,
	changed,
	comments,
	patches,
	downloads,
	bytes,
	snippets,
}: News): string =>
	[
		...(added === 0 ? [] : [formatCount(added, 'new pull request')]),
		...(changed === 0 ? [] : [`${formatCount(changed, 'pull request')} changed`]),
		...(comments === 0 ? [] : [formatCount(comments, 'comment')]),
		...(patches === 0 ? [] : [`commits of ${formatCount(patches, 'pull request')}`]),
		...(downloads === 0 ? [] : [`${formatCount(downloads, 'download')} (${formatSize(bytes)})`]),
		...(snippets === 0 ? [] : [formatCount(snippets, 'snippet')]),
	].join(', ');

/** Pull requests or files that fit into the message of a commit. */
const mostNamed = 5;

/** The message of a commit, from its files: `1 pull request changed, 2 comments: 142`. */
export const describeCommit = (news: News, paths: readonly string[]): string => {
	const ids = [...new Set(paths.flatMap((path) => readPullRequestPath(path)?.id ?? []))];
	const others = describeOthers(news);
	const settings = describeSettings(news.settings);
	if (others === '' && ids.length === 0) {
		return settings || (paths.length === 0 ? 'Nothing so far' : nameFew('Other files', paths));
	}

	const numbers = ids.toSorted((left, right) => left - right).map(String);
	const ofPullRequests = nameFew(
		others || `Tasks and events of ${formatCount(ids.length, 'pull request')}`,
		numbers,
	);
	return [ofPullRequests, settings].filter((text) => text !== '').join('; ');
};

const nameFew = (words: string, names: readonly string[]): string =>
	names.length === 0 || names.length > mostNamed ? words : `${words}: ${names.join(', ')}`;

const describeSettings = (names: readonly string[]): string => {
	if (names.length === 0) {
		return '';
	}

	return names.length > mostNamed
		? formatCount(names.length, 'setting')
		: `settings: ${names.map(wordsOfSetting).join(', ')}`;
};
