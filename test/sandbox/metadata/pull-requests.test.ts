import {describe, expect, it} from 'vitest';
import {allStates, startScene} from './scene.ts';

const query = (text: string): string => `${allStates}&sort=id&q=${encodeURIComponent(text)}`;

describe('the list of pull requests', () => {
	it('comes in pages of fifty at most', async () => {
		const {open, statusOf, read} = await startScene();
		open(51);
		expect(await statusOf('pullrequests?pagelen=51')).toBe(400);
		expect((await read('pullrequests?pagelen=50')).values).toHaveLength(50);
	});

	it('holds open ones alone unless states are given', async () => {
		const {open, pulls, ann, ids} = await startScene();
		const [first, second, third] = open(4);
		if (first && second && third) {
			pulls.close(first, 'MERGED', {by: ann});
			pulls.close(second, 'DECLINED', {by: ann});
			pulls.close(third, 'SUPERSEDED', {by: ann});
		}
		expect(await ids('sort=id')).toEqual([4]);
		expect(await ids('sort=id&state=MERGED&state=OPEN')).toEqual([1, 4]);
		expect(await ids(`sort=id&${allStates}`)).toEqual([1, 2, 3, 4]);
		expect(await ids(`sort=-id&${allStates}`)).toEqual([4, 3, 2, 1]);
	});

	it('shows the last changed first unless it is sorted', async () => {
		const {open, pulls, ids} = await startScene();
		const [first] = open(3);
		if (first) {
			pulls.edit(first, {title: 'Changed'});
		}
		expect(await ids('pagelen=50')).toEqual([1, 3, 2]);
	});

	it('is filtered by state, id and date, to the microsecond', async () => {
		const {open, pulls, ann, ids} = await startScene();
		const [first, second] = open(4);
		if (!first || !second) {
			throw new Error('Two were opened.');
		}
		pulls.close(first, 'MERGED', {by: ann});
		pulls.close(second, 'DECLINED', {by: ann});
		const then = first.updatedOn;
		expect(await ids(query('id < 3'))).toEqual([1, 2]);
		expect(await ids(query('id<=3 AND id>=2 AND id!=3'))).toEqual([2]);
		expect(await ids(query(`updated_on > "${then}"`))).toEqual([2]);
		expect(await ids(query(`updated_on >= ${then}`))).toEqual([1, 2]);
		expect(await ids(query('state = "OPEN" AND id > 3'))).toEqual([4]);
		expect(await ids(query(`(state="OPEN" OR updated_on>="${then}") AND id>1`))).toEqual([2, 3, 4]);
		expect(await ids(query('state="MERGED" OR state="OPEN" AND id>3'))).toEqual([1, 4]);
	});

	it.each(['id >', 'id > 1 AND', '(id > 1', 'colour = "red"', 'id > 1)', 'id ~ 1'])(
		'refuses the query %s',
		async (text) => {
			const {statusOf} = await startScene();
			expect(await statusOf(`pullrequests?${query(text)}`)).toBe(400);
		},
	);

	it('leaves participants and reviewers out unless fields asks for them', async () => {
		const {pulls, repository, ann, bo, read} = await startScene();
		pulls.open(repository, {by: ann, reviewers: [bo]});
		const [plain] = (await read('pullrequests')).values;
		expect(plain).not.toHaveProperty('participants');
		expect(plain).toHaveProperty('links');
		const fields = encodeURIComponent('+values.participants,-values.links,-values.author.uuid');
		const [asked] = (await read(`pullrequests?fields=${fields}`)).values;
		expect(asked).toMatchObject({participants: [{role: 'REVIEWER', approved: false, state: null}]});
		expect(asked).not.toHaveProperty('reviewers');
		expect(asked).not.toHaveProperty('links');
		expect(asked?.['author']).not.toHaveProperty('uuid');
		expect(asked?.['author']).toHaveProperty('display_name');
		expect(await read('pullrequests/1')).toHaveProperty('participants');
	});

	it('can fail when it is long and sorted, as large repositories did', async () => {
		const {open, metadata, statusOf} = await startScene();
		open(3);
		metadata.unknowns.mostSorted = 2;
		expect(await statusOf(`pullrequests?${allStates}&sort=id`)).toBe(500);
		expect(await statusOf(`pullrequests?${allStates}`)).toBe(200);
		expect(await statusOf('pullrequests?sort=id')).toBe(200);
	});
});

describe('a pull request', () => {
	it('has ids of twelve digits, and null for a fork that was deleted', async () => {
		const {pulls, repository, ann, read} = await startScene();
		const commits = ['0123456789abcdef0123456789abcdef01234567'];
		pulls.open(repository, {by: ann, commits, sourceRepository: null});
		expect(await read('pullrequests/1')).toMatchObject({
			source: {repository: null, commit: {hash: '0123456789ab'}},
			closed_by: null,
			merge_commit: null,
		});
		expect(await read('pullrequests/1/commits')).toMatchObject({values: [{hash: commits[0]}]});
	});

	it('may have no author', async () => {
		const {openOne, read} = await startScene();
		const pull = openOne();
		pull.author = undefined;
		expect(await read('pullrequests/1')).not.toHaveProperty('author');
	});

	it('is 404 under a number that was never given', async () => {
		const {statusOf} = await startScene();
		expect(await statusOf('pullrequests/1')).toBe(404);
	});

	it('has commits that refuse a page number', async () => {
		const {pulls, repository, ann, statusOf, read, follow} = await startScene();
		pulls.open(repository, {by: ann, commits: ['a'.repeat(40), 'b'.repeat(40)]});
		expect(await statusOf('pullrequests/1/commits?page=1')).toBe(400);
		const first = await read('pullrequests/1/commits?pagelen=1');
		expect((await read(follow(first))).values).toMatchObject([{hash: 'b'.repeat(40)}]);
	});

	it('is refused without the scope for pull requests', async () => {
		const {token, get} = await startScene();
		token.scopes = ['read:repository:bitbucket'];
		const answer = await get('/repositories/acme/api/pullrequests');
		expect(answer.status).toBe(403);
		expect(await answer.json()).toMatchObject({
			error: {detail: {required: ['read:pullrequest:bitbucket']}},
		});
	});
});

describe('the date of the last change', () => {
	it.each(['comment', 'edit', 'close', 'editComment', 'deleteComment'] as const)(
		'is moved by %s',
		async (what) => {
			const {openOne, pulls, ann} = await startScene();
			const pull = openOne();
			const comment = pulls.comment(pull, {by: ann, text: 'Why?'});
			const before = pull.updatedOn;
			const acts = {
				comment: () => pulls.comment(pull, {by: ann, text: 'Because.'}),
				edit: () => pulls.edit(pull, {title: 'Another'}),
				close: () => pulls.close(pull, 'DECLINED', {by: ann}),
				editComment: () => pulls.editComment(pull, comment, 'How?'),
				deleteComment: () => pulls.deleteComment(pull, comment),
			};
			acts[what]();
			expect(pull.updatedOn > before).toBe(true);
		},
	);

	it.each([
		['approvalsMove', 'approve'],
		['approvalsMove', 'withdraw'],
		['approvalsMove', 'requestChanges'],
		['tasksMove', 'addTask'],
		['tasksMove', 'resolveTask'],
		['resolutionsMove', 'resolveComment'],
		['destinationMoves', 'moveDestination'],
	] as const)('is moved as %s says by %s', async (unknown, what) => {
		const {openOne, pulls, ann, metadata} = await startScene();
		const pull = openOne();
		const comment = pulls.comment(pull, {by: ann, text: 'Why?'});
		const task = pulls.addTask(pull, ann, 'Say why');
		const acts = {
			approve: () => pulls.approve(pull, ann),
			withdraw: () => pulls.withdraw(pull, ann),
			requestChanges: () => pulls.requestChanges(pull, ann),
			addTask: () => pulls.addTask(pull, ann, 'Say how'),
			resolveTask: () => pulls.resolveTask(pull, task, ann),
			resolveComment: () => pulls.resolveComment(pull, comment, ann),
			moveDestination: () => pulls.moveDestination(pull, 'f'.repeat(40)),
		};
		for (const moves of [false, true]) {
			metadata.unknowns[unknown] = moves;
			const before = pull.updatedOn;
			acts[what]();
			expect(pull.updatedOn > before).toBe(moves);
		}
	});
});

describe('comments', () => {
	it('keep their place when they are deleted, without their words', async () => {
		const {openOne, pulls, ann, read} = await startScene();
		const pull = openOne();
		const comment = pulls.comment(pull, {by: ann, text: 'A rash word'});
		pulls.comment(pull, {by: ann, text: 'A reply', parent: comment});
		pulls.deleteComment(pull, comment);
		expect((await read('pullrequests/1/comments')).values).toMatchObject([
			{id: comment.id, deleted: true, content: {raw: '', html: ''}, updated_on: comment.updatedOn},
			{deleted: false, content: {raw: 'A reply'}, parent: {id: comment.id}},
		]);
	});

	it('are counted with tombstones or without, as is not known', async () => {
		const {openOne, pulls, ann, read, metadata} = await startScene();
		const pull = openOne();
		pulls.deleteComment(pull, pulls.comment(pull, {by: ann, text: 'One'}));
		expect(await read('pullrequests/1')).toMatchObject({comment_count: 0});
		metadata.unknowns.countsTombstones = true;
		expect(await read('pullrequests/1')).toMatchObject({comment_count: 1});
	});

	it('are filtered by their date', async () => {
		const {openOne, pulls, ann, read} = await startScene();
		const pull = openOne();
		const first = pulls.comment(pull, {by: ann, text: 'One'});
		pulls.comment(pull, {by: ann, text: 'Two'});
		const q = encodeURIComponent(`updated_on>"${first.updatedOn}"`);
		expect((await read(`pullrequests/1/comments?q=${q}`)).values).toMatchObject([
			{content: {raw: 'Two'}},
		]);
	});

	it('show a draft to its author alone', async () => {
		const {openOne, pulls, ann, get, asBo, read} = await startScene();
		const pull = openOne();
		pulls.comment(pull, {by: ann, text: 'Not yet', isPending: true});
		expect((await read('pullrequests/1/comments')).values).toMatchObject([{pending: true}]);
		const answer = await get('/repositories/acme/api/pullrequests/1/comments', asBo);
		expect(await answer.json()).toMatchObject({size: 0});
		expect(await read('pullrequests/1')).toMatchObject({comment_count: 0});
	});
});

describe('tasks', () => {
	it('are counted while they are open, and all listed', async () => {
		const {openOne, pulls, ann, read, metadata} = await startScene();
		const pull = openOne();
		pulls.resolveTask(pull, pulls.addTask(pull, ann, 'Done'), ann);
		pulls.addTask(pull, ann, 'To do');
		expect(await read('pullrequests/1')).toMatchObject({task_count: 1});
		expect((await read('pullrequests/1/tasks')).values).toMatchObject([
			{state: 'RESOLVED', resolved_by: {display_name: 'Ann Example'}},
			{state: 'UNRESOLVED', resolved_on: null},
		]);
		metadata.unknowns.countsNoTasks = true;
		expect(await read('pullrequests/1')).toMatchObject({task_count: 0});
	});
});
