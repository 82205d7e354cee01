import {describe, expect, it} from 'vitest';
import {formatText, html} from '../../../source/ui/show/html.ts';
import {formatListPage, formatPage, formatPageRow} from '../../../source/ui/show/pages.ts';

/** Texts that would do something if they were not escaped. */
const hostile = [
	'<script>alert(1)</script>',
	'"><img src=x onerror=alert(1)>',
	"' onmouseover='alert(1)",
	'</title><style>body{display:none}</style>',
	'<!-- ',
	']]>&lt;b&gt;',
	'\u001b]0;title\u0007 \u202egnp.exe',
	'{{constructor}}',
].join('\n');

const options = {repository: hostile, savedAt: 0, people: {'<b>': hostile}};

const comment = {
	id: 1,
	author: hostile,
	at: undefined,
	text: hostile,
	earlier: [{text: hostile, until: undefined}],
	isDeleted: false,
	isResolved: true,
	place: {path: hostile, line: 3, isOutdated: true},
	parent: undefined as number | undefined,
};

const page = (comments = [comment]): string =>
	formatPage(
		{
			pullRequest: {
				id: 7,
				title: hostile,
				state: hostile,
				isDraft: false,
				author: hostile,
				createdOn: '2026-11-20T10:00:00.000Z',
				updatedOn: undefined,
				from: hostile,
				to: hostile,
				description: `${hostile} @{<b>}`,
				participants: [{name: hostile, verdict: 'approved'}],
				comments: 1,
				openTasks: 1,
				closedBy: hostile,
			},
			comments,
			tasks: [
				{text: hostile, isOpen: false, author: hostile, resolvedBy: hostile, resolvedOn: undefined},
			],
			events: [
				{at: undefined, who: hostile, kind: 'description', before: hostile},
				{at: undefined, who: hostile, kind: 'state', state: hostile},
				{at: undefined, who: hostile, kind: 'destination', before: hostile, after: hostile},
			],
		},
		options,
	);

/** The tags of a page, without their text. */
const tagsOf = (text: string): readonly string[] => text.match(/<[^>]*>/g) ?? [];

describe('a page', () => {
	it('has no tag and no attribute that a text brought', () => {
		const tags = tagsOf(page());
		const names = new Set(tags.map((tag) => /^<\/?([a-z!]+[0-9]?)/.exec(tag)?.[1]));
		for (const name of ['script', 'img', 'style', 'b', '!--']) {
			expect(names).not.toContain(name);
		}

		expect(tags.filter((tag) => /\son\w+=/.test(tag))).toEqual([]);
		expect(page()).not.toMatch(/[\p{Cc}\u202e](?<![\n\t])/u);
		expect(page()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
	});

	it('lets the browser load its style alone, and no script', () => {
		expect(page()).toContain(
			`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'">`,
		);
		const loaded = tagsOf(page()).filter((tag) =>
			/^<(link|iframe|object|embed|form)|\ssrc=/.test(tag),
		);
		expect(loaded).toEqual(['<link rel="stylesheet" href="../style.css">']);
	});

	it('says of answers that move in no further that they answer an earlier comment', () => {
		const chain = Array.from({length: 9}, (_, index) => ({
			...comment,
			id: index + 1,
			parent: index === 0 ? undefined : index,
		}));
		expect(page(chain).match(/in answer to <a href="#comment-\d"/g)).toEqual(
			[7, 8].map((id) => `in answer to <a href="#comment-${id}"`),
		);
	});

	it('escapes a list too', () => {
		const row = formatPageRow({
			id: 7,
			title: hostile,
			state: 'open',
			isDraft: true,
			author: hostile,
			createdOn: undefined,
			updatedOn: undefined,
			from: undefined,
			to: undefined,
			description: '',
			participants: [],
			comments: 0,
			openTasks: 0,
			closedBy: undefined,
		});
		const text = formatListPage([row], {repository: hostile, page: 2, pages: 3, total: 1_200});
		expect(tagsOf(text).filter((tag) => /<(script|img)|\son\w+=/.test(tag))).toEqual([]);
		expect(text).toContain('<a href="index.html">Before</a>');
		expect(text).toContain('<a href="page-3.html">Next</a>');
	});
});

describe('a text', () => {
	it('makes links of addresses of the web and of nothing else', () => {
		const text = formatText(
			'See https://a.example/x?y=1&z=2. Not javascript:alert(1) or data:text/html,x or https://"onclick=',
		).html;
		expect(tagsOf(text).filter((tag) => tag.startsWith('<a'))).toEqual([
			'<a href="https://a.example/x?y=1&amp;z=2" rel="noreferrer noopener">',
		]);
	});

	it('stays as it was written, with its line breaks and blanks', () => {
		expect(html`${'a\n\tb  c'}`.html).toBe('a\n\tb  c');
	});
});
