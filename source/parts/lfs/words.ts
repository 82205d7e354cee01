import type {AboutPlan, AboutRepository, Described} from '../../domain/record/describe-parts.ts';
import type {Fields, Gap, NamedGap, PartSettings} from '../../domain/record/gap.ts';
import {
	formatCount,
	formatDate,
	formatNames,
	formatNumber,
	formatSize,
} from '../../domain/text/format.ts';
import {type LfsEntry, type Missing, type MissingFile, mostNamed, readMode} from './entry.ts';

const what = 'LFS files';

/** All that a screen says about the LFS files of a repository. */
export const describeLfs = (known: LfsEntry | undefined, about: AboutRepository): Described => {
	const gaps = gapsOf(known, about);
	const usesLfs = gaps.some(({isKnown}) => !isKnown);
	const counts = countsOf(known);
	const json = {usesLfs, lfs: counts};
	return {
		note:
			known === undefined || known.objects === 0
				? undefined
				: `with ${nameFiles(known.objects)} (${formatSize(known.size)})`,
		gaps: gaps.map(({isKnown, ...gap}) => ({
			...gap,
			isAccepted: isKnown || readMode(about) === 'ignore',
		})),
		json: {outcome: json, status: json, restored: {usesLfs}},
	};
};

/** Which files a repository has is known once its code is here, and only the server knows before. */
export const describePlan = ({settings, hasChanges}: AboutPlan): string | undefined =>
	hasChanges && readMode({settings}) === 'save'
		? 'LFS files come on top of these sizes: those of new and changed repositories are counted once their code is here.'
		: undefined;

const access = {
	save: 'saved too, with the same sign-in; size not known yet',
	report: 'not saved, only named: "lfs: report"',
	ignore: 'not saved and not named: "lfs: ignore"',
};

export const describeAccess = (settings: PartSettings): {label: string; text: string} => ({
	label: what,
	text: access[readMode({settings})],
});

export const nameFiles = (count: number): string => formatCount(count, 'LFS file');

/** Undefined for a repository that has no LFS files. */
export const countsOf = (known: LfsEntry | undefined): Fields | undefined => {
	const {objects = 0, size = 0, missing} = known ?? {};
	return objects === 0 && missing === undefined
		? undefined
		: {objects, size, missing: missing?.count ?? 0, accepted: missing?.accepted ?? 0};
};

type KnownGap = Omit<Gap, 'isAccepted'> & {readonly isKnown: boolean};

const gapsOf = (
	known: LfsEntry | undefined,
	{repository}: AboutRepository,
): readonly KnownGap[] => {
	if (known === undefined) {
		return [];
	}

	if (known.unfinished === true) {
		const {problem = 'the last run broke off while it fetched them'} = known;
		return [{what, detail: problem, advice: 'The next backup goes on.', isKnown: false}];
	}

	const {missing} = known;
	if (missing === undefined) {
		return [];
	}

	const open = missing.count - missing.accepted;
	return [
		...(open === 0 ? [] : [describeOpen(missing, known.objects, repository)]),
		...(missing.accepted === 0
			? []
			: [
					{
						what,
						detail: `${nameFiles(missing.accepted)} that you accepted as missing`,
						advice: '',
						isKnown: true,
					},
				]),
	];
};

const describeOpen = (missing: Missing, here: number, repository: string): KnownGap => {
	const {why, first, count} = missing;
	const files = first.filter(({accepted}) => accepted !== true);
	if ((why['not-fetched'] ?? 0) > 0) {
		return {
			what,
			advice:
				'With "lfs: save" in the settings they are; with "lfs: ignore" it counts as complete.',
			isKnown: false,
		};
	}

	const of = formatNumber(here + count);
	const details = Object.entries(why).map(([reason, number]) =>
		describeReason(
			`${formatNumber(number)} of ${of}`,
			number,
			files.filter((file) => file.why === reason),
		),
	);
	return {
		what,
		detail: details.join('; '),
		advice: adviceOn(why, repository),
		items: files
			.slice(0, mostNamed)
			.map(({path, oid, size, why: reason}) => ({path, oid, size, why: reason})),
		isKnown: false,
	};
};

const adviceOn = (why: Missing['why'], repository: string): string => {
	if (why['no-room'] !== undefined) {
		return 'Free some space or use a larger disk. The next backup goes on.';
	}

	return why.failed === undefined
		? `If that is known: cistern accept-missing ${repository} --lfs`
		: 'The next backup tries again.';
};

/** `art/hero.psd, 1.2 MB`. */
export const nameFile = ({path, oid, size, lost}: MissingFile): string =>
	`${path ?? oid.slice(0, 12)}, ${formatSize(size)}${lost === true ? ', LOST here too' : ''}`;

/** `not on Bitbucket`, after "is" or "are". Fits one file and many. */
export const nameReason = ({why, words = ''}: MissingFile): string => {
	switch (why) {
		case 'not-upstream':
			return 'not on Bitbucket';
		case 'not-as-named':
			return 'of another content on Bitbucket than the name says';
		case 'elsewhere':
			return `on ${words}, where your token does not go`;
		case 'failed':
			return `not fetched yet: ${words}`;
		case 'no-room':
			return `not fetched: only ${words} are free`;
		case 'not-fetched':
			return 'not fetched';
	}
};

/** `3 of 1,204 are not on Bitbucket (art/hero.psd, 1.2 MB), first seen 29 Nov`. */
const describeReason = (count: string, number: number, files: readonly MissingFile[]): string => {
	const [first] = files;
	if (first === undefined) {
		return '';
	}

	const since = files.map((file) => file.since).toSorted()[0] ?? '';
	const names = formatNames(files.map(nameFile), number);
	return `${count} ${number === 1 ? 'is' : 'are'} ${nameReason(first)} (${names}), first seen ${formatDate(since)}`;
};

/** Fields of a source's report and of its line in `runs.jsonl`. */
export const describeSource = (gaps: readonly NamedGap[], fetched: number): Fields => {
	const missing = gaps.flatMap(({repository, items = []}) =>
		items.map((item) => ({repository, ...item})),
	);
	return {
		lfs: [...new Set(gaps.map(({repository}) => repository))],
		...(fetched === 0 ? {} : {lfsReceived: fetched}),
		...(missing.length === 0 ? {} : {lfsMissing: missing.slice(0, mostNamed)}),
	};
};
