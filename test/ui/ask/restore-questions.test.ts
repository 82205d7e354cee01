import {expect, it} from 'vitest';
import {rowsOf, startAsking} from '../../../source/ui/ask/asking.ts';
import type {Option} from '../../../source/ui/ask/question.ts';
import {
	type RestoreForm,
	type RestoreResult,
	restoreQuestions,
	startForm,
} from '../../../source/ui/ask/restore-questions.tsx';
import {press} from './open-questions.ts';

const option = (id: string, label: string): Option => ({id, label, detail: ''});
const api = option('acme#api', 'acme/api');
const web = option('acme#web', 'acme/web');
const now = Date.UTC(2026, 10, 29);

const open = (moments: readonly Option[] = [], problem?: string) => {
	const ports = {readMoments: async () => moments, checkFolder: async () => problem};
	const asking = startAsking<RestoreForm, RestoreResult>({
		questions: restoreQuestions,
		form: startForm(ports, {repositories: [api, web], now}),
	});
	const labels = () => rowsOf(asking.read()).options.map(({label}) => label);
	return {asking, labels, play: (typed: string) => press(asking, typed)};
};

const settle = (): Promise<void> => new Promise(setImmediate);

it('narrows the repositories by the text, and always has one highlighted', () => {
	const {asking, labels, play} = open();
	play('<down>w');
	expect(labels()).toEqual(['acme/web']);
	play('<up><enter>');
	expect(asking.read().form.repository).toEqual(web);
	play('<back>xyz<enter>');
	expect(asking.read().problem).toBe('No saved repository has this name.');
});

it('restores the newest state if no history can be read', async () => {
	const {asking, labels, play} = open();
	play('api<enter>');
	await settle();
	expect(labels()).toEqual(['last saved']);
	play('<enter><clear>/srv/rescued<enter>');
	await settle();
	expect(asking.read().result).toEqual({
		kind: 'answered',
		answers: {repository: 'acme#api', at: undefined, folder: '/srv/rescued'},
	});
});

it('takes the newest state also before the history has been read', () => {
	const {asking, play} = open([option('', 'as last saved')]);
	play('api<enter><enter>');
	expect(asking.read()).toMatchObject({question: {id: 'folder'}, text: 'restored/api'});
});

it('takes a moment of the history, or a time in words that is not in the future', async () => {
	const {asking, play} = open([option('', 'as last saved'), option('2026-11-03', '3 Nov')]);
	play('api<enter>');
	await settle();
	play('<down><enter>');
	expect(asking.read().form.moment?.id).toBe('2026-11-03');
	play('<back>soon<enter>');
	expect(asking.read().problem).toContain('Write a day');
	play('<clear>2027-01-01<enter>');
	expect(asking.read().problem).toContain('in the future');
	play('<clear>3 days ago<enter>');
	expect(asking.read().form.moment?.id).toBe('3 days ago');
});

it('says why a folder cannot be restored to', async () => {
	const {asking, play} = open([], 'It is not empty.');
	play('api<enter><enter><enter>');
	await settle();
	expect(asking.read()).toMatchObject({question: {id: 'folder'}, problem: 'It is not empty.'});
});
