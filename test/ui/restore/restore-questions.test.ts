import {expect, it} from 'vitest';
import {
	choicesFor,
	reduceQuestions,
	startQuestions,
} from '../../../source/ui/wizard/restore/restore-questions-reducer.ts';

const api = {id: 'acme#api', label: 'acme/api', detail: ''};

it('brings back what was last saved where no history can be read', () => {
	const start = startQuestions({repositories: [api], now: 0});
	const asked = reduceQuestions(start, {type: 'typed', text: 'api\r'});
	const read = reduceQuestions(asked, {type: 'moments-read', repository: api.id, moments: []});
	expect(choicesFor(read)).toEqual([{id: '', label: 'last saved', detail: ''}]);
	const answered = reduceQuestions(read, {type: 'typed', text: '\r'});
	expect(answered).toMatchObject({step: 'folder', moment: {id: ''}});
});

it('takes what is typed ahead, also before the history of the repository is read', () => {
	const start = startQuestions({repositories: [api], now: 0});
	const asked = reduceQuestions(start, {type: 'typed', text: 'api\r\r\u0015/srv/rescued\r'});
	expect(asked).toMatchObject({step: 'folder', checking: '/srv/rescued', problem: undefined});
	const done = reduceQuestions(asked, {
		type: 'folder-checked',
		folder: '/srv/rescued',
		problem: undefined,
	});
	expect(done.result).toEqual({
		kind: 'answered',
		answers: {repository: 'acme#api', at: undefined, folder: '/srv/rescued'},
	});
});
