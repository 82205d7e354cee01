import {slugOf} from '../domain/plan/repository.ts';
import type {Loss} from '../domain/run/mending.ts';
import type {RepositoryStatus} from '../domain/status/repository-status.ts';
import {formatAge, formatCount, formatDay, formatSize} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {describeLost} from './describe-mended.ts';
import {drawSign, type Marks, type Span} from './text/style.ts';

/** A repository in the columns of `cistern status`. */
export type StatusRow = {
	readonly name: string;
	readonly mark: Span;
	readonly age: string;
	readonly size: string;
	readonly refs: string;
	readonly notes: string;
	/** Is there a backup whose age and size can be told? */
	readonly isSaved: boolean;
};

type Options = {readonly now: number; readonly verbose: boolean; readonly marks: Marks};

export const describeRepository = (status: RepositoryStatus, options: Options): StatusRow => ({
	name: toPrintable(slugOf(status.repository)),
	mark: markOf(status, options.marks),
	age: describeAge(status.lastGood, options),
	size: formatSize(status.size),
	refs: formatCount(status.refs, 'ref'),
	notes: describeNotes(status, options).join('; '),
	isSaved: status.changedAt !== undefined && status.state !== 'gone',
});

const markOf = ({state}: RepositoryStatus, marks: Marks): Span => {
	switch (state) {
		case 'never-saved':
		case 'failed':
		case 'damaged':
			return drawSign('failed', {marks});
		case 'newer':
		case 'unreadable':
		case 'left-out':
		case 'unrecorded':
			return drawSign('attention', {marks});
		case 'saved':
		case 'gone':
			return {text: ' '};
	}
};

const describeAge = (at: string | undefined, {now, verbose}: Options): string => {
	if (at === undefined) {
		return '';
	}
	return verbose ? at : formatAge(at, now);
};

const describeNotes = (status: RepositoryStatus, options: Options): readonly string[] => [
	...describeState(status, options),
	...(status.keptTips === 0 ? [] : [`${formatCount(status.keptTips, 'old tip')} kept`]),
	...status.losses.flatMap((loss) => describeLoss(loss, options)),
	...(status.hasWiki ? ['with its wiki'] : []),
	...(status.usesLfs ? ['LFS files are not saved'] : []),
];

/** What a damaged copy took along, until nobody needs to know any more. */
const describeLoss = (loss: Loss, {now, verbose}: Options): readonly string[] => {
	const when = verbose ? loss.at : `on ${formatDay(loss.at, now)}`;
	const all = verbose
		? loss.lost.map(({ref, oid, keptAt}) => `${toPrintable(ref)} ${oid} ${keptAt ?? ''}`.trimEnd())
		: [];
	const place =
		loss.setAside === undefined ? '' : ` (the damaged copy is ${toPrintable(loss.setAside)})`;
	return [`${describeLost(loss).join(', ')} ${when}${place}`, ...all];
};

const describeState = (
	{state, problem, goneSince, lastGood}: RepositoryStatus,
	{now, verbose}: Options,
): readonly string[] => {
	const reason = problem === undefined ? [] : [toPrintable(problem)];
	const day = (at: string): string => (verbose ? at : formatDay(at, now));
	switch (state) {
		case 'never-saved':
			return ['not saved yet', ...reason];
		case 'failed':
			return reason;
		case 'damaged':
			return ['damaged', ...reason, 'the next backup mends it'];
		case 'newer':
			return ['its record is from a newer Cistern: update this one'];
		case 'unreadable':
			return reason.length > 0
				? reason
				: ['its record (cistern.json) cannot be read: check the disk, and whose file it is'];
		case 'left-out':
			return ['left out by the last run'];
		case 'unrecorded':
			return ['not by Cistern; the next backup takes it over if Bitbucket has it'];
		case 'saved':
			return [];
		case 'gone':
			return [
				`gone from Bitbucket since ${day(goneSince ?? '')}; kept as of ${day(lastGood ?? '')}`,
			];
	}
};
