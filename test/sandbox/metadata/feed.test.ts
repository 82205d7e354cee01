import {describe, expect, it} from 'vitest';
import {startScene} from './scene.ts';

const feed = 'pullrequests/activity';

describe('the feed of a repository', () => {
	it('tells of all pull requests, the newest first', async () => {
		const {open, pulls, bo, read} = await startScene();
		const [first] = open(2);
		if (first) {
			pulls.comment(first, {by: bo, text: 'Why?'});
			pulls.approve(first, bo);
		}
		expect((await read(feed)).values).toMatchObject([
			{pull_request: {id: 1}, approval: {user: {nickname: 'bo'}}},
			{pull_request: {id: 1}, comment: {content: {raw: 'Why?'}}},
			{pull_request: {id: 2}, update: {state: 'OPEN'}},
			{pull_request: {id: 1}, update: {state: 'OPEN'}},
		]);
	});

	it('is deaf to q and sort, and comes in pages of fifty at most', async () => {
		const {open, read, statusOf} = await startScene();
		open(2);
		const {values} = await read(`${feed}?sort=id&q=${encodeURIComponent('id>1')}`);
		expect(values).toMatchObject([{pull_request: {id: 2}}, {pull_request: {id: 1}}]);
		expect(await statusOf(`${feed}?pagelen=51`)).toBe(400);
	});

	it('goes on at a place that belongs to the user who asked', async () => {
		const {open, read, follow, get, asBo, statusOf, metadata} = await startScene();
		open(3);
		const first = await read(`${feed}?pagelen=2`);
		expect(first).not.toHaveProperty('size');
		const next = follow(first);
		expect((await read(next)).values).toMatchObject([{pull_request: {id: 1}}]);
		expect((await get(`/repositories/acme/api/${next}`, asBo)).status).toBe(400);
		metadata.contexts.expire();
		expect(await statusOf(next)).toBe(400);
	});

	it('loses what was withdrawn, and with it the entry at the edge of a page', async () => {
		const {open, pulls, bo, read, follow} = await startScene();
		const [first] = open(3);
		if (!first) {
			throw new Error('Three were opened.');
		}
		pulls.approve(first, bo);
		const start = await read(`${feed}?pagelen=2`);
		pulls.withdraw(first, bo);
		const rest = (await read(follow(start))).values;
		expect(start.values).toMatchObject([{approval: {}}, {pull_request: {id: 3}}]);
		expect(rest).toMatchObject([{pull_request: {id: 1}}]);
	});

	it('holds an update as it was then, and a comment as it is now', async () => {
		const {openOne, pulls, bo, read} = await startScene();
		const pull = openOne();
		const comment = pulls.comment(pull, {by: bo, text: 'Why?'});
		pulls.editComment(pull, comment, 'How?');
		pulls.edit(pull, {title: 'Another'});
		expect((await read(feed)).values).toMatchObject([
			{update: {title: 'Another'}},
			{comment: {content: {raw: 'How?'}}},
			{update: {title: 'Change 1'}},
		]);
	});

	it('holds deleted comments or not, as is not known', async () => {
		const {openOne, pulls, bo, read, metadata} = await startScene();
		const pull = openOne();
		pulls.deleteComment(pull, pulls.comment(pull, {by: bo, text: 'Why?'}));
		expect((await read(feed)).values).toMatchObject([{comment: {deleted: true}}, {update: {}}]);
		metadata.unknowns.feedsTombstones = false;
		expect((await read(feed)).values).toMatchObject([{update: {}}]);
	});
});
