import {describe, expect, it} from 'vitest';
import {makeJsonSchema} from '../../../media/json-docs.ts';
import type {Failure} from '../../../source/domain/failure/failure.ts';
import type {Finding, MirrorFinding} from '../../../source/domain/verify/finding.ts';
import {
	adviseOn,
	describeDamage,
	describeFinding,
	isDamage,
} from '../../../source/domain/verify/finding-table.ts';
import {formatJsonLine} from '../../../source/ui/json/json.ts';
import {compileSchema} from '../../helpers/event-schema.ts';

/** Text that would change a terminal. */
const evil = '\u001b[2Jevil\u202e\n\u0007';
const failure: Failure = {kind: 'folder-unusable', path: `/srv/${evil}`, detail: evil};
const mirror = 'repo';
const ref = `refs/heads/${evil}`;
const oid = '1f2e3d4c'.repeat(5);
const at = '2026-11-23T02:00:00Z';

/** One of each kind: a missing one does not compile. */
const examples: {readonly [Kind in Finding['kind']]: Extract<Finding, {kind: Kind}>} = {
	'mirror-missing': {mirror, kind: 'mirror-missing'},
	'mirror-unreadable': {mirror, kind: 'mirror-unreadable', detail: evil},
	'objects-damaged': {
		mirror,
		kind: 'objects-damaged',
		detail: evil,
		refs: [{ref, oid}],
		kept: [{ref, oid, keptAt: at}],
		history: true,
	},
	'objects-borrowed': {mirror, kind: 'objects-borrowed'},
	'file-damaged': {mirror, kind: 'file-damaged', oid, size: 5, path: evil, commit: oid, at},
	'file-missing': {mirror, kind: 'file-missing', oid, size: 5},
	'files-absent': {mirror, kind: 'files-absent', count: 1, size: 5, paths: [evil]},
	'ref-missing': {mirror, kind: 'ref-missing', ref, oid},
	'ref-changed': {mirror, kind: 'ref-changed', ref, recorded: oid, found: oid},
	'ref-foreign': {mirror, kind: 'ref-foreign', ref, oid},
	'head-changed': {mirror, kind: 'head-changed', recorded: ref, found: evil},
	'kept-missing': {mirror, kind: 'kept-missing', ref, oid, at},
	'kept-lost': {mirror, kind: 'kept-lost', ref, oid, at},
	'kept-fewer': {mirror, kind: 'kept-fewer', recordedTips: 3, foundTips: 1},
	'history-missing': {mirror, kind: 'history-missing'},
	'record-outdated': {mirror, kind: 'record-outdated'},
	'mirror-outdated': {mirror, kind: 'mirror-outdated', recordedAt: at, foundAt: at},
	'not-checked': {mirror, kind: 'not-checked', failure},
	unfinished: {mirror, kind: 'unfinished'},
	'history-cut': {mirror, kind: 'history-cut'},
	'objects-odd': {mirror, kind: 'objects-odd', count: 2, detail: evil},
	'namespace-foreign': {mirror, kind: 'namespace-foreign', prefix: `refs/${evil}/`},
	'files-foreign': {mirror, kind: 'files-foreign', count: 1, paths: [evil]},
	'repository-missing': {kind: 'repository-missing'},
	'record-missing': {kind: 'record-missing'},
	'record-damaged': {kind: 'record-damaged'},
	'record-newer': {kind: 'record-newer'},
	linked: {kind: 'linked', path: evil},
	'folder-unreadable': {kind: 'folder-unreadable', failure},
	unrecorded: {kind: 'unrecorded'},
	mercurial: {kind: 'mercurial'},
	'source-missing': {kind: 'source-missing'},
	'runs-missing': {kind: 'runs-missing'},
	'runs-unreadable': {kind: 'runs-unreadable', lines: 1},
	'runs-closed': {kind: 'runs-closed', failure},
	leftover: {kind: 'leftover', path: evil},
	foreign: {kind: 'foreign', path: evil},
	'set-aside': {kind: 'set-aside', path: evil},
};

const all = Object.values(examples);
const marked = {goneSince: undefined, isMarked: true};

describe('a finding', () => {
	it.each(all)('is a part of a sentence without control characters: $kind', (finding) => {
		const text = describeFinding(finding);
		expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
		expect(text).not.toMatch(/\.$/);
	});

	it('fits the schema of --json in every kind', async () => {
		const validate = await compileSchema();
		const line = formatJsonLine({
			type: 'verified',
			source: 'acme',
			repository: 'acme/api',
			folder: 'acme#api',
			findings: all,
			isMarked: true,
			goneSince: undefined,
		});
		expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true);
	});

	it('has no kind in the schema that verify does not have', () => {
		const kinds = makeJsonSchema().$defs?.['finding']?.oneOf?.map(
			({properties}) => properties?.['kind']?.const,
		);
		expect(kinds?.toSorted()).toEqual(Object.keys(examples).toSorted());
	});

	it('says so if it is about the mirror of a wiki', () => {
		expect(describeFinding({mirror: 'wiki', kind: 'mirror-missing'})).toBe(
			'its wiki: its mirror is missing',
		);
	});
});

describe('the damage in a record', () => {
	it('names each kind once, in the words that are on the disk since version 1', () => {
		const findings: readonly MirrorFinding[] = [
			examples['objects-damaged'],
			examples['ref-missing'],
			examples['ref-changed'],
			examples['kept-fewer'],
		];
		expect(describeDamage(findings)).toBe(
			'objects are damaged or missing; refs are not as they were recorded; old tips are not held any more',
		);
	});
});

describe('the advice for a repository', () => {
	it('is given for damage alone', () => {
		for (const finding of all) {
			expect(adviseOn([finding], marked) !== undefined, finding.kind).toBe(isDamage(finding));
		}
	});

	it('is to run a backup, which replaces a mirror whose objects are damaged', () => {
		expect(adviseOn([examples['ref-missing']], marked)).toBe(
			'Nothing was removed. Run cistern: it looks at this again and repairs it.',
		);
		expect(adviseOn([examples['ref-missing'], examples['objects-damaged']], marked)).toContain(
			'it sets this copy aside, clones again',
		);
	});

	it('is no backup if the repository is gone or the damage could not be noted', () => {
		const findings = [examples['objects-damaged']];
		expect(adviseOn(findings, {...marked, goneSince: at})).toContain('gone from Bitbucket');
		expect(adviseOn(findings, {...marked, isMarked: false})).toContain('make it writable');
	});

	it('is about the finding that only the user can change, if there is one', () => {
		expect(adviseOn([examples['objects-damaged'], examples.linked], marked)).toBe(
			'It was left as it is.',
		);
	});
});
