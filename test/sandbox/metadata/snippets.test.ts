import {describe, expect, it} from 'vitest';
import {basic} from '../../helpers/sandbox.ts';
import {startScene} from './scene.ts';

const binary = Buffer.from([0, 0xff, 0x0a, 0x0d]);

const openSnippets = async () => {
	const scene = await startScene();
	const workspace = scene.sandbox.findWorkspace('acme');
	if (workspace === undefined) {
		throw new Error('no workspace');
	}

	const {snippets} = scene.metadata;
	const snippet = snippets.add(workspace, {
		id: 'kypj',
		by: scene.ann,
		files: {'notes.txt': 'one\r\ntwo\n', 'März 1.bin': binary},
	});
	/** As several parts, with the token of the scene. */
	const getParts = (): Promise<Response> => {
		const authorization = basic(scene.account.email, scene.token.token);
		return fetch(`${scene.sandbox.apiUrl}/snippets/acme/kypj`, {
			headers: {authorization, accept: 'multipart/related'},
		});
	};
	return {...scene, workspace, snippet, snippets, getParts};
};

describe('a snippet', () => {
	it('is listed without its files, and has their names by itself', async () => {
		const {get} = await openSnippets();
		const list = (await (await get('/snippets/acme')).json()) as {values: readonly object[]};
		expect(list.values).toMatchObject([{id: 'kypj', scm: 'git'}]);
		expect(list.values[0]).not.toHaveProperty('files');
		const one = (await (await get('/snippets/acme/kypj')).json()) as {files: object};
		expect(Object.keys(one.files)).toEqual(['notes.txt', 'März 1.bin']);
	});

	it('comes with its files in several parts, text as it is and all else as base64', async () => {
		const {getParts} = await openSnippets();
		const answer = await getParts();
		expect(answer.headers.get('content-type')).toMatch(/^multipart\/related; .*boundary="/);
		const body = await answer.text();
		expect(body).toContain('\r\n\r\none\r\ntwo\n\r\n--');
		expect(body).toContain(`\r\n\r\n${binary.toString('base64')}\r\n--`);
		expect(body).toContain("filename*=utf-8''M%C3%A4rz%201.bin");
	});

	it('may come without them, as is not known', async () => {
		const {getParts, metadata} = await openSnippets();
		metadata.unknowns.sendsParts = false;
		expect((await getParts()).headers.get('content-type')).toMatch('application/json');
	});

	it('gives a file by a redirect to its newest version on the same host', async () => {
		const {get, sandbox, snippets, snippet} = await openSnippets();
		const path = `/snippets/acme/kypj/files/${encodeURIComponent('März 1.bin')}`;
		const follow = async (): Promise<Response> => {
			const first = await get(path);
			expect(first.status).toBe(302);
			const location = first.headers.get('location') ?? '';
			expect(location).toMatch(sandbox.apiUrl);
			return get(location.slice(sandbox.apiUrl.length));
		};
		expect(Buffer.from(await (await follow()).arrayBuffer())).toEqual(binary);
		snippets.edit(snippet, {'notes.txt': 'three'});
		expect((await follow()).status).toBe(404);
	});

	it('is 404 once it is deleted', async () => {
		const {get, snippets, workspace, snippet} = await openSnippets();
		snippets.remove(workspace, snippet);
		expect((await get('/snippets/acme/kypj')).status).toBe(404);
	});
});
