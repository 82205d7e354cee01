import {formatClock, formatDate} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';

/** HTML that is safe to put into a page: made by the functions of this file alone. */
export type Html = {readonly html: string};

/** Text that came from Bitbucket becomes HTML here and nowhere else. */
export const escapeText = (text: string): string =>
	text.replaceAll(obeyed, toPrintable).replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Controls, and marks that turn the direction of the text around them. Line feeds and tabs stay. */
const obeyed = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A template whose values are escaped, unless they are HTML already. Lists are joined, `undefined`
 * is nothing. One text is made of the parts: V8 would keep a sum of texts as a tree of all of them.
 */
export const html = (
	strings: TemplateStringsArray,
	...values: readonly (Html | string | number | undefined | readonly Html[])[]
): Html => ({
	html: strings.flatMap((part, index) => [toHtml(values[index - 1]), part]).join(''),
});

const toHtml = (value: Html | string | number | undefined | readonly Html[]): string => {
	switch (typeof value) {
		case 'undefined':
			return '';
		case 'string':
			return escapeText(value);
		case 'number':
			return `${value}`;
		default:
			return 'html' in value ? value.html : value.map((one) => one.html).join('');
	}
};

/** Characters that no address has, and where one ends in a sentence. */
const address = /https?:\/\/[^\s<>"'`\\^{}|\p{Cc}\p{Cf}]+/gu;

/** A text as it was written, with its line breaks. Only addresses of the web become links. */
export const formatText = (text: string): Html => {
	const parts: Html[] = [];
	let done = 0;
	for (const match of text.matchAll(address)) {
		const url = match[0].replace(/[.,;:!?)\]*_]+$/, '');
		if (URL.canParse(url)) {
			const link = html`<a href="${url}" rel="noreferrer noopener">${url}</a>`;
			parts.push(html`${text.slice(done, match.index)}`, link);
			done = match.index + url.length;
		}
	}

	return html`<div class="text" dir="auto">${parts}${text.slice(done).trimEnd()}</div>`;
};

/** `2026-11-20 10:00`, in this machine's time zone. Takes RFC 3339. */
export const formatTime = (at: string | undefined): Html | undefined =>
	at === undefined
		? undefined
		: html`<time datetime="${at}">${formatDate(at)} ${formatClock(Date.parse(at)).slice(0, 5)}</time>`;

export type Frame = {
	readonly title: string;
	/** Relative path of the folder with the style. */
	readonly root: '.' | '..';
	/** Links to the pages above. */
	readonly above: readonly Html[];
	readonly body: Html;
};

/**
 * A whole page. Its policy lets the browser load the style beside it and nothing else: no script
 * runs, whatever a text holds.
 */
export const formatFrame = ({title, root, above, body}: Frame): string =>
	html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="stylesheet" href="${root}/style.css">
</head>
<body>
<nav>${above}</nav>
<main>
${body}
</main>
</body>
</html>
`.html;
