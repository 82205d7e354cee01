import {readPullRequests} from '../../domain/access/scopes.ts';
import {gapsOfCommits} from '../../domain/metadata/commits.ts';
import {countDownloads, gapsOfDownloads, noDownloads} from '../../domain/metadata/downloads.ts';
import {
	emptyReading,
	estimateLeft,
	parseReading,
	type Reading,
} from '../../domain/metadata/reading.ts';
import {requestsPerHour} from '../../domain/metadata/request-hour.ts';
import {
	findLostSettings,
	findRefusedSettings,
	groupOfSetting,
	noSettings,
	type SettingsState,
	wordsOfSetting,
} from '../../domain/metadata/settings-state.ts';
import {countSnippets, fieldsOfSnippets, gapsOfSnippets} from '../../domain/metadata/snippets.ts';
import {
	type AboutPlan,
	type Described,
	listUnread,
	type Offer,
} from '../../domain/record/describe-parts.ts';
import type {Gap, PartSettings} from '../../domain/record/gap.ts';
import {formatCount, formatNumber, formatRoughly} from '../../domain/text/format.ts';
import {type MetadataEntry, metadataName} from './entry.ts';

/** All that a screen says about the metadata of a repository. */
export const describeReading = (known: MetadataEntry | undefined): Described => {
	const reading = readingOf(known);
	if (reading === undefined) {
		return {note: known?.state === 'saved' ? 'with its metadata' : undefined};
	}

	const {total, open, downloads = noDownloads, settings} = reading;
	const {files, size} = downloads;
	const json = {
		metadata: {
			pullRequests: total,
			open: Object.keys(open).length,
			left: estimateLeft(reading),
			...(files === 0 ? {} : {downloads: {files, size}}),
			settingsAt: settings?.at,
		},
	};
	return {
		note: noteOf(reading),
		gaps: [
			...gapsOf(reading),
			...gapsOfDownloads(downloads),
			...gapsOfCommits(reading.commits),
			...gapsOfSettings(settings),
		],
		...describeSettings(settings),
		json: {status: json},
	};
};

export const describeAccess = (settings: PartSettings): {label: string; text: string} => ({
	label: 'Pull requests',
	text: access[settings[metadataName] ?? 'unspoken'] ?? access.unspoken,
});

const access: Readonly<Record<string, string>> & {readonly unspoken: string} = {
	true: 'saved too, once the code is',
	false: 'not saved: "metadata: false"',
	unspoken: 'not saved: that takes read:pullrequest and "metadata: true"',
};

/** The owner of the settings may take it out again. */
export const offer: Offer = {
	settings: {[metadataName]: 'true'},
	scope: readPullRequests,
	taken:
		'Pull requests are saved too, with 900 requests an hour. In a large workspace the first time takes hours: each backup goes on.',
	left: 'Pull requests are not saved: the token lacks read:pullrequest:bitbucket.',
};

/** About how many requests the looks cost, and the rest of a first save. */
export const describePlan = ({settings, known}: AboutPlan<MetadataEntry>): string | undefined => {
	if (settings[metadataName] !== 'true' || known.length === 0) {
		return undefined;
	}

	const left = known.reduce(
		(sum, entry) => sum + estimateLeft(readingOf(entry) ?? emptyReading),
		0,
	);
	const limit = requestsPerHour(settings);
	const looks = `Metadata is read once the code is saved: ${formatCount(known.length, 'request')} to look for changes`;
	return left === 0
		? `${looks}.`
		: `${looks}, and at least ${formatNumber(left)} for what is not saved yet. That takes about ${formatRoughly(((left + known.length) / limit) * 3_600_000)} at ${formatNumber(limit)} an hour.`;
};

/** The same of the workspace itself, which has settings and snippets. */
export const describeWorkspace = (known: MetadataEntry | undefined): Described => {
	const {settings, snippets} = readingOf(known) ?? {};
	const note = countSnippets(snippets);
	return {
		note: note === '' ? undefined : note,
		gaps: [...gapsOfSettings(settings), ...gapsOfSnippets(snippets)],
		...describeSettings(settings),
		json: {status: fieldsOfSnippets(snippets)},
	};
};

const readingOf = (known: MetadataEntry | undefined): Reading | undefined =>
	known?.state === 'saved' ? parseReading(known.reading) : undefined;

/** `214 pull requests, 12 open, 6 downloads (330 MB)`. */
const noteOf = ({total, open, downloads = noDownloads}: Reading): string | undefined => {
	const count = Object.keys(open).length;
	const counts = [
		total === 0 ? '' : `${formatCount(total, 'pull request')}, ${formatNumber(count)} open`,
		countDownloads(downloads),
	].filter((text) => text !== '');
	return counts.length === 0 ? undefined : counts.join(', ');
};

/** The rest that the first save has not read yet. */
const gapsOf = (reading: Reading): readonly Gap[] => {
	const left = estimateLeft(reading);
	return left === 0
		? []
		: [
				{
					what: 'pull requests and settings',
					detail: `about ${formatCount(left, 'request')} are left`,
					advice: 'The next backup goes on.',
					isAccepted: false,
				},
			];
};

/**
 * Settings that could be read once, and that Bitbucket refuses now. The command of the advice lists them
 * and asks.
 */
export const gapsOfSettings = (settings: SettingsState = noSettings): readonly Gap[] => {
	const lost = findLostSettings(settings).map(({name, reason}) => ({
		what: wordsOfSetting(name),
		reason,
	}));
	return lost.length === 0
		? []
		: [
				{
					what: 'settings',
					detail: `${listUnread(lost)} could be read earlier`,
					advice:
						'Their last state is kept. If that is on purpose: cistern accept-missing "*" workspace --metadata',
					isAccepted: false,
				},
			];
};

const describeSettings = (
	settings: SettingsState = noSettings,
): Pick<Described, 'ages' | 'unread'> => ({
	ages: settings.at === undefined ? [] : [{what: 'settings', at: settings.at}],
	unread: findRefusedSettings(settings)
		.filter(({isLost, isAccepted}) => !isLost || isAccepted)
		.map(({name, reason}) => ({what: groupOfSetting(name), reason})),
});
