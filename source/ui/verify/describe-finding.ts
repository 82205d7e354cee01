import {formatCount, formatDate, formatNames, formatRef} from '../../domain/text/format.ts';
import {toExcerpt, toPrintable} from '../../domain/text/printable-text.ts';
import {
	type AffectedTip,
	type Finding,
	isOfMirror,
	type MirrorFinding,
	type PlaceFinding,
} from '../../domain/verify/finding.ts';
import {reasonOf} from '../describe-failed.ts';

/** What was found, as a part of a sentence. Printable. */
export const describeFinding = (finding: Finding): string =>
	isOfMirror(finding)
		? `${finding.mirror === 'wiki' ? 'its wiki: ' : ''}${describeMirror(finding)}`
		: describePlace(finding);

const describeMirror = (finding: MirrorFinding): string => {
	switch (finding.kind) {
		case 'mirror-missing':
			return 'its mirror is not there';
		case 'mirror-unreadable':
			return `git cannot read its mirror: ${toExcerpt(finding.detail)}`;
		case 'objects-damaged':
			return `objects are damaged or missing; ${describeAffected(finding)}. git says: ${toExcerpt(finding.detail)}`;
		case 'objects-borrowed':
			return 'some of its objects lie in another folder (objects/info/alternates)';
		case 'ref-missing':
			return `${formatRef(finding.ref)} is missing, recorded as ${short(finding.oid)}`;
		case 'ref-changed':
			return `${formatRef(finding.ref)} is ${short(finding.found)}, recorded as ${short(finding.recorded)}`;
		case 'ref-foreign':
			return `${formatRef(finding.ref)} was never recorded (${short(finding.oid)})`;
		case 'head-changed':
			return `HEAD is ${toPrintable(finding.found)}, recorded as ${toPrintable(finding.recorded)}`;
		case 'kept-missing':
			return `the old tip ${short(finding.oid)} of ${formatRef(finding.ref)}, kept since ${formatDate(finding.at)}, is not held any more`;
		case 'kept-lost':
			return `the old tip ${short(finding.oid)} of ${formatRef(finding.ref)} was lost with a damaged copy`;
		case 'kept-fewer':
			return `${formatCount(finding.foundTips, 'old tip')} kept, ${finding.recordedTips} recorded`;
		case 'history-missing':
			return 'its mirror has no history that can be read';
		case 'record-outdated':
			return 'its record is older than its mirror, as a killed run leaves it';
		case 'mirror-outdated':
			return `its mirror is of ${formatDate(finding.foundAt)}, its record of ${formatDate(finding.recordedAt)}`;
		case 'not-checked':
			return `could not be checked: ${reasonOf(finding.failure)}`;
		case 'unfinished':
			return 'a run that failed or was killed left it unfinished; the next backup carries on';
		case 'objects-odd':
			return `${describeOdd(finding.count)} not in the form that git asks for today, upstream neither: ${toExcerpt(finding.detail)}`;
		case 'namespace-foreign':
			return `holds refs below ${toPrintable(finding.prefix)} that are not Cistern's`;
	}
};

const describePlace = (finding: PlaceFinding): string => {
	switch (finding.kind) {
		case 'record-missing':
			return 'its record (cistern.json) is missing';
		case 'record-damaged':
			return 'its record (cistern.json) is damaged or half written';
		case 'record-newer':
			return 'its record is from a newer Cistern: update this one';
		case 'linked':
			return `${toPrintable(finding.path)} is a link: what it leads to is no part of this backup, and no backup writes or deletes through it. Put the real one in its place`;
		case 'folder-unreadable':
			return finding.failure.kind === 'record-unreadable'
				? reasonOf(finding.failure)
				: `could not be read: ${reasonOf(finding.failure)}`;
		case 'unrecorded':
			return 'not saved by Cistern; the next backup takes it over if Bitbucket has it';
		case 'source-missing':
			return 'nothing of it was saved yet';
		case 'runs-missing':
			return 'the list of its runs (.cistern/runs.jsonl) is not there';
		case 'runs-unreadable':
			return `${formatCount(finding.lines, 'line')} of .cistern/runs.jsonl cannot be read`;
		case 'runs-closed':
			return `the list of its runs cannot be read: ${reasonOf(finding.failure)}`;
		case 'leftover':
			return `left behind by a killed run: ${toPrintable(finding.path)}`;
		case 'foreign':
			return `not Cistern's: ${toPrintable(finding.path)}`;
		case 'set-aside':
			return `a damaged copy that was set aside: ${toPrintable(finding.path)}`;
	}
};

const describeOdd = (count: number): string =>
	`${formatCount(count, 'object')} ${count === 1 ? 'is' : 'are'}`;

/** Branches and tags, old tips with their dates, or that nothing is known to be affected. */
const describeAffected = ({
	refs,
	kept,
	history,
}: Extract<MirrorFinding, {kind: 'objects-damaged'}>): string => {
	const parts = [
		...(refs.length === 0
			? []
			: [
					formatNames(
						refs.map(({ref}) => formatRef(ref)),
						refs.length,
						5,
					),
				]),
		...(kept.length === 0
			? []
			: [
					`${formatCount(kept.length, 'old tip')} (${formatNames(kept.map(nameTip), kept.length, 5)})`,
				]),
		...(history ? ['its history'] : []),
	];
	return parts.length === 0 ? 'no branch or tag is affected' : `affected: ${parts.join(', ')}`;
};

const nameTip = ({ref, oid, keptAt}: AffectedTip): string =>
	`${formatRef(ref)} ${short(oid)}${keptAt === undefined ? '' : ` of ${formatDate(keptAt)}`}`;

const short = (oid: string): string => oid.slice(0, 7);
