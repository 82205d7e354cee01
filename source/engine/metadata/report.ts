import type {Failure} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {ifAny} from '../../domain/given.ts';
import {countDownloads, gapsOfDownloads, noDownloads} from '../../domain/metadata/downloads.ts';
import {estimateLeft} from '../../domain/metadata/reading.ts';
import {groupOfSetting, reasonOfDenial} from '../../domain/metadata/settings-state.ts';
import {countSnippets, fieldsOfSnippets, gapsOfSnippets} from '../../domain/metadata/snippets.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {listUnread, type Unread} from '../../domain/record/describe-parts.ts';
import {type Fields, isOpen, type NamedGap} from '../../domain/record/gap.ts';
import {
	day,
	formatAge,
	formatAll,
	formatCount,
	formatNumber,
	formatRoughly,
} from '../../domain/text/format.ts';
import {gapsOfSettings} from '../../parts/metadata/words.ts';
import type {FollowUpEnd} from '../session.ts';
import type {Copy} from './copy.ts';
import {settingKinds} from './read-settings.ts';
import {estimateWorkspace, workspaceKinds} from './read-workspace.ts';
import {describeDenied, type MetadataReader} from './reader.ts';

/** How the reading of a source's metadata went so far. */
export type MetadataState = {
	readonly copies: readonly Copy[];
	/** Of the workspace itself, unless another shard keeps it. */
	readonly workspace: Copy | undefined;
	/** Requests an hour. */
	readonly limit: number;
	readonly failed: Map<Copy, Failure>;
	/** Bitbucket does not give their pull requests. */
	readonly lost: Set<Copy>;
	/** Did it end because the time or the requests were spent? */
	isCutShort: boolean;
};

export const reportMetadata = (reader: MetadataReader, state: MetadataState): FollowUpEnd => {
	const now = reader.session.clock.now();
	const left = countLeft(state, now);
	const counts = countSaved(state, now);
	const oldest = findOldest(state);
	const notRead = findUnread(reader);
	return {
		gaps: [
			...gapsOfFailures(state),
			...gapsOfUnreadable(state),
			...gapsOfRefusals(reader, state),
			...gapsOfLostSettings(state),
			...gapsOfRest(reader, state, left),
			...gapsOfContents(state),
		],
		json: {
			metadata: {...toJson(state, counts, left), settings: {...(oldest && {oldest}), notRead}},
		},
		notes: [
			describeSaved(state, counts),
			...(oldest === undefined || now - Date.parse(oldest) < day
				? []
				: [`Oldest settings ${formatAge(oldest, now)}.`]),
			...(notRead.length === 0 ? [] : [`Not read: ${listUnread(notRead)}.`]),
			...noteImages(state.copies),
		],
	};
};

/** `complete`: repositories of which everything is here. */
const countSaved = (state: MetadataState, now: number) => ({
	repositories: state.copies.length,
	complete: findReadable(state).filter(({reading}) => estimateLeft(reading, now) === 0).length,
	pullRequests: state.copies.reduce((sum, {reading}) => sum + reading.total, 0),
	downloads: addDownloads(state.copies),
	snippets: state.workspace?.reading.snippets,
});

type Counts = ReturnType<typeof countSaved>;

const toJson = (
	{limit, failed}: MetadataState,
	{downloads, snippets, ...counts}: Counts,
	left: number,
): Fields => ({
	...counts,
	...(downloads.files === 0 ? {} : {downloads}),
	...fieldsOfSnippets(snippets),
	...(left === 0 ? {} : {left: {requests: left, duration: Math.round((left / limit) * 3_600_000)}}),
	failed: ifAny([...failed.keys()].map(({repository}) => fullName(repository))),
});

/** `Metadata: 41 of 132 repositories complete, all 5,012 pull requests with text and approvals.` */
const describeSaved = (
	{copies}: MetadataState,
	{repositories, complete, pullRequests, downloads, snippets}: Counts,
): string => {
	const of =
		complete === repositories
			? `Metadata of ${formatAll(repositories, 'repository', 'repositories')}`
			: `Metadata: ${formatNumber(complete)} of ${formatCount(repositories, 'repository', 'repositories')} complete`;
	const texts = copies.every(({reading}) => reading.list.endedAt !== undefined)
		? `${formatAll(pullRequests, 'pull request')} with text and approvals`
		: formatCount(pullRequests, 'pull request');
	const contents = [countDownloads(downloads), countSnippets(snippets)];
	return `${[of, texts, ...contents].filter((text) => text !== '').join(', ')}.`;
};

const addDownloads = (copies: readonly Copy[]): {files: number; size: number} => {
	const states = copies.map(({reading}) => reading.downloads ?? noDownloads);
	return {
		files: states.reduce((sum, {files}) => sum + files, 0),
		size: states.reduce((sum, {size}) => sum + size, 0),
	};
};

/** They open in a browser that is signed in, and not with a token. */
const noteImages = (copies: readonly Copy[]): readonly string[] => {
	const count = copies.reduce((sum, {reading}) => sum + (reading.images ?? 0), 0);
	return count === 0
		? []
		: [
				`${formatCount(count, 'image')} in comments ${count === 1 ? 'is' : 'are'} not in the backup: Bitbucket gives them to browsers only.`,
			];
};

/** That of the workspace first. */
const listCopies = ({copies, workspace}: MetadataState): readonly Copy[] => [
	...(workspace === undefined ? [] : [workspace]),
	...copies,
];

const gapsOfContents = (state: MetadataState): readonly NamedGap[] =>
	listCopies(state).flatMap(({repository, reading}) =>
		[...gapsOfDownloads(reading.downloads ?? noDownloads), ...gapsOfSnippets(reading.snippets)]
			.filter(isOpen)
			.map((gap) => ({...gap, part, repository: fullName(repository)})),
	);

const findReadable = ({copies, lost, failed}: MetadataState): readonly Copy[] =>
	copies.filter((copy) => !lost.has(copy) && !failed.has(copy));

/** About how many requests are left. `now`: milliseconds since 1970. */
export const countLeft = (state: MetadataState, now: number): number =>
	findReadable(state).reduce((sum, {reading}) => sum + estimateLeft(reading, now), 0) +
	(state.workspace === undefined || state.failed.has(state.workspace)
		? 0
		: estimateWorkspace(state.workspace.reading, now));

/** Repositories without a first round are counted as left. */
const findOldest = (state: MetadataState): string | undefined =>
	listCopies(state)
		.flatMap(({reading}) => reading.settings?.at ?? [])
		.toSorted()[0];

/**
 * The settings that the token may not read: those for which it lacks the scope, in every run, and
 * others that Bitbucket refused in this one.
 */
const findUnread = ({session, refused}: MetadataReader): readonly Unread[] =>
	[...settingKinds, ...workspaceKinds].flatMap((kind) => {
		const denied = session.bitbucket.foreseeRefusal(kind) ?? refused.get(kind);
		return denied === undefined
			? []
			: [{what: groupOfSetting(kind), reason: reasonOfDenial(denied.failure)}];
	});

const part = 'metadata';

const gapOf = (repository: string, what: string, detail: string, advice: string): NamedGap => ({
	part,
	what,
	repository,
	detail,
	advice,
	isAccepted: false,
});

const gapsOfLostSettings = (state: MetadataState): readonly NamedGap[] =>
	listCopies(state).flatMap(({repository, reading}) =>
		gapsOfSettings(reading.settings).map((gap) => ({
			...gap,
			part,
			repository: fullName(repository),
		})),
	);

const gapsOfFailures = ({failed}: MetadataState): readonly NamedGap[] =>
	[...failed].map(([{repository}, failure]) =>
		gapOf(
			fullName(repository),
			repository.slug === '' ? 'settings' : 'pull requests and settings',
			describeFailure(failure).what,
			'The next backup tries again.',
		),
	);

/** An older state may be lost. One that is sealed for other keys is not. */
const gapsOfUnreadable = (state: MetadataState): readonly NamedGap[] =>
	listCopies(state).flatMap(({repository, unreadable}) =>
		unreadable === undefined || unreadable.kind === 'identity-refused'
			? []
			: [
					gapOf(
						fullName(repository),
						'earlier states of the metadata',
						describeFailure(unreadable).what,
						'The newest state was sent again. cistern verify --store says more.',
					),
				],
	);

/** A token lacks a scope for all repositories alike, so each scope is named once. */
const gapsOfRefusals = (
	{refused, session}: MetadataReader,
	{lost}: MetadataState,
): readonly NamedGap[] => {
	const what = 'pull requests';
	const denied = refused.get('pull-requests');
	if (lost.size > 0 && denied?.failure.kind === 'permission-missing') {
		const {what: detail, advice} = describeFailure(denied.failure);
		return [{...gapOf(session.source.workspace, what, detail, advice), isRefused: true}];
	}

	const detail = denied === undefined ? 'Bitbucket does not show them' : describeDenied(denied);
	const advice = 'cistern check says what the token may read.';
	return [...lost].map(({repository}) => gapOf(fullName(repository), what, detail, advice));
};

const gapsOfRest = (
	{session}: MetadataReader,
	{limit, isCutShort}: MetadataState,
	left: number,
): readonly NamedGap[] => {
	if (left === 0 && !isCutShort) {
		return [];
	}

	const time = formatRoughly((left / limit) * 3_600_000);
	const detail =
		left === 0
			? 'the time ended before all repositories were looked at'
			: `about ${formatCount(left, 'request')} are left, ${time} at ${formatNumber(limit)} an hour`;
	const {workspace} = session.source;
	return [gapOf(workspace, 'pull requests and settings', detail, 'The next backup goes on.')];
};
