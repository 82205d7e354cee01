import {createHash} from 'node:crypto';
import {readSnippet as needed} from '../access.ts';
import {noSuchThing, type RestAnswer} from '../answers.ts';
import {type AnswerAbout, type Endpoint, found, inWorkspace, type RestState} from '../endpoint.ts';
import type {SandboxWorkspace} from '../model.ts';
import {answerPage} from '../page.ts';
import type {SandboxSnippet} from './model.ts';
import {showPerson} from './show.ts';

/** The id of its newest version, as git shortens it. */
const versionOf = ({id, updatedOn}: SandboxSnippet): string =>
	createHash('sha1').update(`${id} ${updatedOn}`).digest('hex').slice(0, 7);

const addressOf = ({origin}: RestState, {slug}: SandboxWorkspace, id: string): string =>
	`${origin}/2.0/snippets/${slug}/${id}`;

/** An item of the list, which names no files. */
const showListed = (state: RestState, workspace: SandboxWorkspace, snippet: SandboxSnippet) => ({
	type: 'snippet',
	id: snippet.id,
	title: snippet.title,
	scm: 'git',
	is_private: true,
	created_on: snippet.createdOn,
	updated_on: snippet.updatedOn,
	owner: showPerson(snippet.owner),
	creator: showPerson(snippet.owner),
	links: {self: {href: addressOf(state, workspace, snippet.id)}},
});

/** The files by their names, with addresses in place of their contents. */
const showSnippet = (state: RestState, workspace: SandboxWorkspace, snippet: SandboxSnippet) => ({
	...showListed(state, workspace, snippet),
	files: Object.fromEntries(
		[...snippet.files.keys()].map((name) => {
			const file = `${versionOf(snippet)}/files/${encodeURIComponent(name)}`;
			return [name, {links: {self: {href: `${addressOf(state, workspace, snippet.id)}/${file}`}}}];
		}),
	),
});

const boundary = '===============1438169132528273974==';

/** In the form of Bitbucket's description of the API: text as it is, anything else as base64. */
const showParts = (document: unknown, {files}: SandboxSnippet): RestAnswer => {
	const parts = [...files].map(([name, content]) => {
		const isText = /^[\t\n\r -~]*$/.test(content.toString('latin1'));
		return [
			`Content-Type: ${isText ? 'text/plain; charset="us-ascii"' : 'application/octet-stream'}`,
			'MIME-Version: 1.0',
			`Content-Transfer-Encoding: ${isText ? '7bit' : 'base64'}`,
			`Content-ID: "${name}"`,
			`Content-Disposition: attachment; ${nameFile(name)}`,
			'',
			isText
				? content.toString('latin1')
				: content.toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
		].join('\r\n');
	});
	const first = [
		'Content-Type: application/json; charset="utf-8"',
		'MIME-Version: 1.0',
		'Content-ID: snippet',
		'',
		JSON.stringify(document),
	].join('\r\n');
	const body = [first, ...parts].map((part) => `--${boundary}\r\n${part}\r\n`).join('');
	return {
		status: 200,
		body: Buffer.from(`${body}--${boundary}--\r\n`),
		headers: {'content-type': `multipart/related; start="snippet"; boundary="${boundary}"`},
		isPlain: true,
	};
};

const nameFile = (name: string): string =>
	/^[ -~]*$/.test(name)
		? `filename="${name.replaceAll(/["\\]/g, '\\$&')}"`
		: `filename*=utf-8''${encodeURIComponent(name)}`;

/** A workspace of the free plan has a sentence in the list: put it among the settings, as `snippets`. */
const answerList = inWorkspace((state, workspace, {address}) => {
	const put = state.metadata.settings.get(workspace, 'snippets', undefined);
	const listed = state.metadata.snippets
		.list(workspace)
		.map((snippet) => showListed(state, workspace, snippet));
	return answerPage(address, Array.isArray(put) ? put : listed, (item) => item);
});

type SnippetAnswer = AnswerAbout<{
	readonly workspace: SandboxWorkspace;
	readonly snippet: SandboxSnippet;
}>;

/** An endpoint below a snippet's address. */
const ofSnippet = (path: string, answer: SnippetAnswer): Endpoint => ({
	pattern: new RegExp(`^/snippets/([^/]+)/([^/]+)${path}$`),
	needed,
	signedIn: true,
	answer: inWorkspace((state, workspace, request) => {
		const all = state.metadata.snippets.list(workspace);
		const snippet = all.find((one) => one.id === request.parts[1]);
		return snippet === undefined ? noSuchThing : answer(state, {workspace, snippet}, request);
	}),
});

const answerSnippet: SnippetAnswer = (state, {workspace, snippet}, {accept}) => {
	const document = showSnippet(state, workspace, snippet);
	return accept === 'multipart/related' && state.metadata.unknowns.sendsParts
		? showParts(document, snippet)
		: found(document);
};

/** It leads to the newest version, on the same host. */
const answerFileAddress: SnippetAnswer = (state, {workspace, snippet}, {parts}) => {
	const place = addressOf(state, workspace, snippet.id);
	const file = encodeURIComponent(parts[2] ?? '');
	const location = `${place}/${versionOf(snippet)}/files/${file}`;
	return {status: 302, body: '', headers: {location}};
};

const answerFile: SnippetAnswer = (_state, {snippet}, {parts}) => {
	const content = snippet.files.get(parts[3] ?? '');
	return content === undefined
		? noSuchThing
		: {
				status: 200,
				body: content,
				headers: {'content-disposition': 'attachment'},
				isPlain: true,
			};
};

export const snippetEndpoints: readonly Endpoint[] = [
	{pattern: /^\/snippets\/([^/]+)$/, needed, signedIn: true, answer: answerList},
	ofSnippet('', answerSnippet),
	ofSnippet('/files/([^/]+)', answerFileAddress),
	ofSnippet('/([\\da-f]{7})/files/([^/]+)', answerFile),
];
