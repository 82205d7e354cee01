import {describe, expect, it} from 'vitest';
import type {
	RecordedChange,
	RepositoryHistory,
} from '../../source/domain/history/repository-history.ts';
import {formatHistory} from '../../source/ui/history.ts';
import {formatJsonLine} from '../../source/ui/json/json.ts';
import {marksFor, styleFor} from '../../source/ui/text/style.ts';
import {compileSchema} from '../helpers/event-schema.ts';

const local = (day: number, hour: number, minute = 0): string =>
	new Date(2026, 10, day, hour, minute).toISOString();
const now = new Date(2026, 10, 23).getTime();
const oid = (start: string): string => start.padEnd(40, '0');

const change = (changes: Partial<RecordedChange>): RecordedChange => ({
	ref: 'refs/heads/main',
	kind: 'forwarded',
	from: oid('9f3c21e'),
	to: oid('77ab01d'),
	kept: false,
	onlyHere: 0,
	commits: [],
	...changes,
});

const web: RepositoryHistory = {
	source: 'acme',
	repository: 'acme/web',
	folder: 'acme#web',
	runs: [
		{
			at: local(12, 14, 2),
			refs: 30,
			isFirst: false,
			head: undefined,
			changes: [
				change({kind: 'rewritten', kept: true, onlyHere: 3}),
				change({ref: 'refs/tags/v1', kind: 'moved', kept: true}),
				change({ref: 'refs/heads/topic', kind: 'created', from: undefined}),
			],
		},
		{
			at: local(3, 2),
			refs: 29,
			isFirst: false,
			head: undefined,
			changes: [
				change({ref: 'refs/heads/release/1', kind: 'deleted', to: undefined, kept: true}),
				change({}),
			],
		},
		{at: local(1, 2), refs: 29, isFirst: true, head: undefined, changes: []},
	],
};

const show = (history: RepositoryHistory, verbose = false, columns = 100): readonly string[] =>
	formatHistory(history, {
		columns,
		now,
		verbose,
		from: undefined,
		marks: marksFor({hasUnicode: true}),
		paint: styleFor({hasColour: false}),
	}).split('\n');

describe('the history of a repository', () => {
	it('names the settings that changed, among the changes of refs', () => {
		const settings = [{at: web.runs.at(1)?.at ?? '', names: ['hooks', 'deploy-keys']}];
		const [row] = show({...web, settings}).filter((line) => line.includes('settings'));
		expect(row).toMatch(/settings +webhooks, deploy keys +changed$/);
	});

	it('lists what happened to each branch and tag, and how to get back what was taken away', () => {
		const before = new Date(Date.parse(local(12, 14, 2)) - 1000).toISOString();
		expect(show(web)).toEqual([
			'  web',
			'',
			'  12 Nov 14:02   main        rewritten   9f3c21e → 77ab01d   3 commits only here now',
			'  12 Nov 14:02   v1 (tag)    moved       9f3c21e → 77ab01d   kept',
			'  12 Nov 14:02   topic       new         77ab01d',
			'  3 Nov 02:00    release/1   deleted     9f3c21e             kept',
			'  3 Nov 02:00    main        updated     9f3c21e → 77ab01d',
			'  1 Nov 02:00    first backup, 29 refs',
			'',
			`  cistern restore web --at ${before.replace('.000', '')} --to DIR`,
			'',
			'',
		]);
	});

	it('fits into 60 columns: long cells go below their row, and an excerpt is cut', () => {
		const commit = {
			oid: '9f3c21e',
			author: 'Ann',
			email: '',
			at: local(1, 2),
			subject: 'x'.repeat(60),
		};
		const [first, ...others] = web.runs;
		const [change, ...more] = first?.changes ?? [];
		const changes = change === undefined ? [] : [{...change, commits: [commit]}, ...more];
		const runs = first === undefined ? [] : [{...first, changes}, ...others];
		const lines = show({...web, runs}, false, 60);
		expect(lines.filter((line) => line.length >= 60)).toEqual([]);
		expect(lines.join('\n')).toMatch(
			/ 9f3c21e → 77ab01d\n {19}3 commits only here now\n {19}9f3c21e {2}1 Nov {2}Ann {2}x+…\n/,
		);
		expect(show({...web, runs}, false, 50).join('\n')).toMatch(
			/ rewritten\n {19}9f3c21e → 77ab01d {3}3 commits only here now\n/,
		);
	});

	it('names author and subject of the commits that are only here', () => {
		const commits = [1, 2, 3, 4].map((number) => ({
			oid: oid(`abc000${number}`),
			author: 'Ann Example',
			email: 'ann@example.com',
			at: local(11, 9),
			subject: number === 2 ? `Fix 2 ${'x'.repeat(80)}` : `Fix ${number}`,
		}));
		const changes = [change({kind: 'rewritten', kept: true, onlyHere: 5, commits})];
		const runs = [{at: local(12, 14, 2), refs: 1, isFirst: false, head: undefined, changes}];
		expect(show({...web, runs}).slice(3, 7)).toEqual([
			'                   abc0001  11 Nov  Ann Example  Fix 1',
			`                   abc0002  11 Nov  Ann Example  Fix 2 ${'x'.repeat(43)}…`,
			'                   abc0003  11 Nov  Ann Example  Fix 3',
			'                   and 2 more',
		]);
		expect(show({...web, runs}, true).join('\n')).toContain(oid('abc0004'));
	});

	it('tells that the default branch became another', () => {
		const head = {from: 'refs/heads/master', to: 'refs/heads/main'};
		const runs = [{at: local(12, 14, 2), refs: 1, isFirst: false, head, changes: []}];
		expect(show({...web, runs})[2]).toBe('  12 Nov 14:02   HEAD   default branch   master → main');
	});

	it('names a repository by its folder if another repository has its name now', () => {
		const lines = show({...web, folder: 'acme#web~1f2e3d4c'});
		expect(lines.join('\n')).toContain('cistern restore "acme#web~1f2e3d4c" --at');
	});

	it('gives full times and ids when asked for more', () => {
		expect(show(web, true).join('\n')).toContain(local(12, 14, 2));
		expect(show(web, true).join('\n')).toContain(`${oid('9f3c21e')} → ${oid('77ab01d')}`);
	});

	it('offers no restore if nothing was taken away', () => {
		const lines = show({...web, runs: web.runs.slice(2)});
		expect(lines.join('\n')).not.toContain('restore');
	});

	it('says that an entry dated by a clock that was ahead is older, and that later ones may be', () => {
		const text = show({...web, aheadFrom: local(3, 2)})
			.join(' ')
			.replaceAll(/\s+/g, ' ');
		expect(text).toContain(
			'the entry dated 3 Nov 02:00 was saved earlier than that, and so may be the entries after it',
		);
	});

	it('has a sentence for an empty history', () => {
		expect(show({...web, runs: []})).toContain('  Nothing is recorded yet.');
	});

	it('lets no escape sequence through', () => {
		const evil = 'refs/heads/\u001B[2J';
		const runs = [
			{at: local(1, 2), refs: 1, isFirst: false, head: undefined, changes: [change({ref: evil})]},
		];
		expect(show({...web, repository: 'acme/\u001B', runs}).join('')).not.toContain('\u001B');
		const commits = [
			{oid: oid('a'), author: '\u001B', email: '', at: local(1, 2), subject: '\u001B'},
		];
		const changes = [change({kept: true, onlyHere: 1, commits})];
		const kept = [{at: local(1, 2), refs: 1, isFirst: false, head: undefined, changes}];
		expect(show({...web, runs: kept}).join('')).not.toContain('\u001B');
	});

	it('is a line of JSON a repository, with every field', () => {
		const [line = '', end] = formatJsonLine({type: 'history', ...web}).split('\n');
		expect(end).toBe('');
		expect(JSON.parse(line)).toEqual({v: 1, type: 'history', ...JSON.parse(JSON.stringify(web))});
	});

	it('fits the schema of the lines of JSON', async () => {
		const validate = await compileSchema();
		const at = local(12, 14, 2);
		const commits = [{oid: oid('a'), author: 'Ann', email: 'ann@example.com', at, subject: 'Fix'}];
		const changes = [change({kept: true, onlyHere: 1, commits})];
		const head = {from: undefined, to: 'refs/heads/main'};
		const runs = [{at, refs: 1, isFirst: false, head, changes}, ...web.runs];
		const isValid = validate(JSON.parse(formatJsonLine({type: 'history', ...web, runs})));
		expect(isValid, JSON.stringify(validate.errors)).toBe(true);
	});
});
