import * as v from 'valibot';
import type {Finding} from '../../domain/verify/finding.ts';
import {weightOf} from '../../domain/verify/finding-table.ts';
import {failure} from './failure.ts';
import {
	atLeastOne,
	count,
	described,
	duration,
	exitCode,
	flag,
	inFolder,
	kind,
	line,
	listOf,
	mirror,
	number,
	object,
	optional,
	ref,
	repository,
	restoredPart,
	source,
	string,
	text,
	time,
	when,
} from './words.ts';

const affectedRefs = listOf('Refs that reach a damaged object', v.object({ref, oid: string}));
const affectedTips = listOf(
	'Old tips that reach a damaged object, by their name upstream',
	v.object({ref, oid: string, keptAt: optional(when('When its run began'))}),
);
const gitsWords = text("git's own words");

const findingOf = <const Kind extends Finding['kind'], const Fields extends v.ObjectEntries>(
	name: Kind,
	fields: Fields,
) => described(weightOf({kind: name}) === 'damage' ? 'damage' : 'no damage', kind(name, fields));
const ofMirror = <const Kind extends Finding['kind'], const Fields extends v.ObjectEntries>(
	name: Kind,
	fields: Fields,
) => findingOf(name, {mirror, ...fields});
const fileOfPart = {
	oid: string,
	size: number('Bytes'),
	path: optional(text('One of its paths in the repository')),
	commit: optional(text('The newest commit that has it')),
	at: optional(when('The date of that commit')),
};
const path = text("From the source's folder");

export const finding = described(
	'cistern verify: a finding',
	v.variant('kind', [
		ofMirror('mirror-missing', {}),
		ofMirror('mirror-unreadable', {detail: gitsWords}),
		ofMirror('objects-damaged', {
			detail: gitsWords,
			refs: affectedRefs,
			kept: affectedTips,
			history: flag('Is its history affected, too?'),
		}),
		ofMirror('objects-borrowed', {}),
		ofMirror('history-cut', {}),
		ofMirror('ref-missing', {ref, oid: string}),
		ofMirror('ref-changed', {ref, recorded: string, found: string}),
		ofMirror('ref-foreign', {ref, oid: string}),
		ofMirror('head-changed', {recorded: string, found: string}),
		ofMirror('kept-missing', {
			ref,
			oid: string,
			at: when('When a run saw that it was gone upstream'),
		}),
		ofMirror('kept-lost', {ref, oid: string, at: when('As for kept-missing')}),
		ofMirror('kept-fewer', {recordedTips: count, foundTips: count}),
		ofMirror('history-missing', {}),
		ofMirror('record-outdated', {}),
		ofMirror('mirror-outdated', {recordedAt: time, foundAt: time}),
		ofMirror('not-checked', {failure}),
		ofMirror('unfinished', {}),
		ofMirror('objects-odd', {
			count: described(
				'Objects that are whole, but in an older form than git writes today',
				atLeastOne,
			),
			detail: gitsWords,
		}),
		ofMirror('namespace-foreign', {prefix: text("Refs below it are not Cistern's")}),
		ofMirror('file-damaged', fileOfPart),
		ofMirror('file-missing', fileOfPart),
		ofMirror('files-absent', {
			count: described('Files that no run could or was to save', atLeastOne),
			size: number('Bytes'),
			paths: listOf('At most the first 20', string),
		}),
		ofMirror('files-foreign', {
			count: described('Files of other programs in the mirror', atLeastOne),
			paths: listOf('Below the mirror, at most the first 20', string),
		}),
		findingOf('repository-missing', {}),
		findingOf('record-missing', {}),
		findingOf('record-damaged', {}),
		findingOf('record-newer', {}),
		findingOf('linked', {path}),
		findingOf('folder-unreadable', {failure}),
		findingOf('unrecorded', {}),
		findingOf('source-missing', {}),
		findingOf('runs-missing', {}),
		findingOf('runs-unreadable', {lines: number('Number of unreadable lines')}),
		findingOf('runs-closed', {failure}),
		findingOf('leftover', {path}),
		findingOf('foreign', {path}),
		findingOf('mercurial', {}),
		findingOf('set-aside', {path}),
	]),
);

/** The lines of verify. */
export const verifyLines = [
	line('verify-started', 'cistern verify: a source begins', {
		source,
		folder: string,
		repositories: number('Repositories to verify'),
	}),
	line('verified', 'cistern verify: a repository; it is whole if no finding is damage', {
		source,
		repository: text("workspace/repository; the folder's name if no record names it"),
		folder: inFolder,
		findings: v.array(finding),
		isMarked: flag('Is the damage written down, so that the next backup repairs it?'),
		goneSince: optional(when('When it was first gone upstream')),
	}),
	line('source-verified', 'cistern verify: the end of a source', {
		source,
		folder: string,
		repositories: count,
		whole: count,
		damaged: count,
		findings: listOf('Findings that do not belong to a single repository', finding),
		duration,
	}),
	line('verify-finished', 'cistern verify: the last line', {duration, exitCode}),
	line('compared', 'cistern verify --remote: a repository', {
		source,
		repository,
		compared: v.variant('state', [
			v.object({state: v.literal('as-upstream')}),
			object('Upstream has changed since the last backup', {state: v.literal('behind')}),
			v.object({state: v.literal('not-saved')}),
			v.object({state: v.literal('failed'), failure}),
		]),
	}),
	line('rehearsed', 'cistern verify --sample: a part of a repository', {
		...restoredPart,
		rehearsed: v.variant('state', [
			v.object({state: v.literal('equal'), refs: number('Its refs')}),
			v.object({state: v.literal('different'), detail: string}),
			v.object({state: v.literal('failed'), failure}),
		]),
	}),
] as const;
