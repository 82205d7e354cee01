import {describe, expect, it} from 'vitest';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {rememberable, sourceAnswersFrom} from '../../../source/ui/wizard/collect-answers.ts';
import {optionsFor} from '../../../source/ui/wizard/options.ts';
import type {WizardState} from '../../../source/ui/wizard/wizard-state.ts';
import {
	atCheck,
	atFolder,
	atPlace,
	atReview,
	finishCheck,
	folder,
	line,
	makeReport,
	play,
	requestOf,
	someToken,
	start,
} from './wizard-fixtures.ts';

const chosen = (state: WizardState): string | undefined => optionsFor(state)[state.row]?.id;

describe('the way through the wizard', () => {
	it('asks workspace, type, user name, e-mail and token, then checks by itself', () => {
		let state = start();
		const steps = [state.step];
		for (const answer of ['acme', '', 'ann', 'ann@example.com', someToken]) {
			state = play(state, `${answer}<enter>`);
			steps.push(state.step);
		}
		expect(steps).toEqual(['workspace', 'type', 'authName', 'apiAuthName', 'token', 'check']);
		expect(state.check.state).toBe('running');
		expect(sourceAnswersFrom(state.values)).toMatchObject({
			workspace: 'acme',
			type: 'org',
			access: 'account',
			authName: 'ann',
			apiAuthName: 'ann@example.com',
		});
		expect(state.values.token?.reveal()).toBe(someToken);
	});

	it('goes on by itself when everything is good, to a finished result in eight presses of Enter', () => {
		const asked = play(atReview(), '<enter>');
		const done = play(asked, {type: 'saved', request: requestOf(asked), file: '/x/settings.yml'});
		expect(done.result).toMatchObject({
			kind: 'finished',
			next: 'back-up',
			answers: {
				workspace: 'acme',
				folder: '/srv/backup',
				tokenPlace: {kind: 'environment', variable: 'BITBUCKET_TOKEN'},
				replaces: undefined,
			},
		});
	});

	it('reads the workspace from any pasted address', () => {
		const state = play(
			start(),
			{type: 'pasted', text: 'https://bitbucket.org/acme/api\n'},
			'<enter>',
		);
		expect(state.values.workspace).toBe('acme');
	});

	it('looks the workspace up while the person goes on', () => {
		const state = play(start(), 'acme<enter>');
		const request = state.lookup?.request ?? 0;
		const found = play(state, {
			type: 'workspace-looked-up',
			request,
			result: {state: 'private'},
		});
		expect(found).toMatchObject({step: 'type', lookup: {result: {state: 'private'}}});
	});

	it('takes text that was typed ahead for the questions behind', () => {
		const state = play(start(), {type: 'typed', text: 'acme\r\rann\rann@example.com\r'});
		expect(state.step).toBe('token');
		expect(state.values).toMatchObject({workspace: 'acme', authName: 'ann'});
	});

	it('proposes personal for a workspace that is called like its user', () => {
		expect(play(start({loginName: 'ann'}), 'ann<enter>')).toMatchObject({step: 'type', row: 1});
		expect(play(start({loginName: 'ann'}), 'acme<enter>')).toMatchObject({step: 'type', row: 0});
	});

	it('proposes the name of a personal workspace as the user name', () => {
		expect(play(start(), 'ann<enter>', '<down><enter>').editor.text).toBe('ann');
	});

	it('proposes what was answered last time', () => {
		const state = start({
			suggestions: {workspace: 'acme', type: 'user', authName: 'bob', apiAuthName: 'b@x.org'},
		});
		const end = play(state, '<enter>', '<enter>', '<enter>', '<enter>');
		expect(end.step).toBe('token');
		expect(end.values).toMatchObject({
			workspace: 'acme',
			type: 'user',
			authName: 'bob',
			apiAuthName: 'b@x.org',
		});
	});
});

describe('answers that are refused', () => {
	const refused = (state: WizardState) => ({step: state.step, problem: state.problem});

	it.each([
		['an empty workspace', start(), '<enter>', 'Type the id'],
		['no workspace', start(), 'two words<enter>', 'no workspace id'],
		['a token for a workspace', start(), `${someToken}<enter>`, 'looks like a token'],
		['an e-mail for a user name', play(start(), 'a<enter><enter>'), 'a@b.org<enter>', 'e-mail'],
		['a colon in a user name', play(start(), 'a<enter><enter>'), 'a:b<enter>', 'colon'],
		['a token for a user name', play(start(), 'a<enter><enter>'), `${someToken}<enter>`, 'token'],
		['no e-mail', play(start(), 'a<enter><enter><enter>'), 'ann<enter>', 'not an e-mail'],
		[
			'a token behind an e-mail that was proposed',
			play(start({suggestions: {apiAuthName: 'ann@example.com'}}), 'a<enter><enter><enter>'),
			`${someToken}<enter>`,
			'like a token',
		],
		[
			'a token for an e-mail',
			play(start(), 'a<enter><enter><enter>'),
			`${someToken}<enter>`,
			'token',
		],
	])('refuses %s with a sentence', (_, state, keys, words) => {
		expect(refused(play(state, keys))).toEqual({
			step: state.step,
			problem: expect.stringContaining(words),
		});
	});

	const atToken = play(start(), 'acme<enter><enter>ann<enter>ann@example.com<enter>');

	it.each([
		['nothing', '', 'Paste the token'],
		['an app password', 'ATBBabcdefghijklmnopqrst', 'app password'],
		['two words', 'ATATT3xFf GF0', 'one word'],
	])('refuses %s as a token', (_, text, words) => {
		expect(refused(play(atToken, `${text}<enter>`))).toEqual({
			step: 'token',
			problem: expect.stringContaining(words),
		});
	});

	it.each([
		['an app password', 'ATBBabcdefghijklmnopqrst'],
		['two words', 'ATATT3xFf GF0'],
	])('takes the next token in place of %s, which nobody sees', (_, text) => {
		const state = play(atToken, `${text}<enter>`, someToken, '<enter>');
		expect(state.values.token?.reveal()).toBe(someToken);
	});

	it('reads a whole file that was pasted by mistake no longer than it takes to see that', () => {
		const pasted = play(start(), {type: 'pasted', text: 'ATx'.repeat(100_000)}, '<enter>');
		expect(refused(pasted)).toEqual({
			step: 'workspace',
			problem: expect.stringContaining('no workspace id'),
		});
	});

	it('forgets the complaint with the next key', () => {
		expect(play(start(), '<enter>', 'a').problem).toBeUndefined();
	});
});

describe('other ways to sign in', () => {
	it('asks for no name and no token where only public repositories are wanted', () => {
		const warned = play(start(), 'acme<enter><enter>', '<down><enter>');
		expect(warned.step).toBe('publicOnly');
		const checked = play(warned, '<enter>');
		expect(checked.step).toBe('check');
		expect(sourceAnswersFrom(checked.values)).toMatchObject({access: 'public', token: undefined});
		const asked = play(finishCheck(checked), '/x<enter>');
		const end = play(asked, {type: 'folder-inspected', request: requestOf(asked), report: folder});
		expect(end.step).toBe('review');
	});

	it('takes it back when the warning was enough', () => {
		const state = play(start(), 'acme<enter><enter>', '<down><enter>', '<down><enter>');
		expect(state).toMatchObject({step: 'authName', row: 0});
		expect(play(state, 'ann<enter>').step).toBe('apiAuthName');
	});

	it('asks for no e-mail where an access token is used', () => {
		const state = play(start(), 'acme<enter><enter><enter>', '<down><enter>');
		expect(state.step).toBe('token');
		expect(play(state, 'ATCTT3xFfGN0-of-acme<enter>')).toMatchObject({
			step: 'check',
			values: {access: 'access-token'},
		});
	});

	it('asks for the e-mail after all where the token turns out to be a person’s', () => {
		const state = play(
			start(),
			'acme<enter><enter><enter>',
			'<down><enter>',
			`${someToken}<enter>`,
		);
		expect(state).toMatchObject({step: 'apiAuthName', problem: expect.stringContaining('person')});
		expect(play(state, 'ann@example.com<enter>')).toMatchObject({
			step: 'check',
			values: {access: 'account', apiAuthName: 'ann@example.com'},
		});
		expect(play(state, '<back>', '<enter>').step).toBe('apiAuthName');
	});

	it('takes an empty user name for the one that works with every token', () => {
		const state = play(start(), 'acme<enter><enter><enter>');
		expect(state).toMatchObject({step: 'apiAuthName', values: {authName: '', access: 'account'}});
	});
});

describe('going back', () => {
	it('goes to the question before, with its answer, and keeps all others', () => {
		const state = play(atCheck(), '<back>', '<back>');
		expect(state).toMatchObject({step: 'apiAuthName', check: {state: 'idle'}});
		expect(state.editor.text).toBe('ann@example.com');
		const mended = play(state, '<delete-before>', 'a@example.com<enter>');
		expect(mended).toMatchObject({step: 'check', values: {apiAuthName: 'a@example.com'}});
		expect(mended.values.token?.reveal()).toBe(someToken);
	});

	it('keeps what was written and not yet entered', () => {
		const state = play(start(), 'acme<enter><enter>ann<enter>', 'ann@exa', '<back>', '<enter>');
		expect(state).toMatchObject({step: 'apiAuthName', editor: {text: 'ann@exa'}});
	});

	it('stays at the first question', () => {
		expect(play(start(), 'ac', '<back>')).toMatchObject({step: 'workspace', editor: {text: 'ac'}});
	});

	it('does not check again what was good and has not changed', () => {
		const state = play(atFolder(), '<back>', '<enter>');
		expect(state).toMatchObject({step: 'folder', check: {state: 'done', accepted: true}});
		const other = play(atFolder(), '<back>', '<back>', '<delete-before>', 'x@y.org<enter>');
		expect(other).toMatchObject({step: 'check', check: {state: 'running'}});
	});

	it('asks again where another token is to be kept', () => {
		const state = play(
			atReview(),
			'<back>',
			'<back>',
			'<back>',
			'<delete-before>',
			'ATATTother<enter>',
		);
		expect(state.values.tokenPlace).toBeUndefined();
		expect(state.values.folder).toEqual(folder);
	});
});

describe('the live check', () => {
	it('shows lines as they come, a running one replaced by its end', () => {
		const state = atCheck();
		const request = requestOf(state);
		const both = play(
			state,
			{type: 'check-reported', request, line},
			{type: 'check-reported', request, line: {...line, state: 'ok', text: 'Ann'}},
		);
		expect(both.check).toMatchObject({lines: [{id: 'api', state: 'ok', text: 'Ann'}]});
	});

	it('takes no notice of what an earlier check says', () => {
		const first = atCheck();
		const late = requestOf(first);
		const second = play(first, '<back>', '<delete-before>', 'ATATTother<enter>');
		const after = play(
			second,
			{type: 'check-reported', request: late, line},
			{type: 'check-finished', request: late, report: makeReport()},
			{type: 'request-failed', request: late, message: 'late'},
		);
		expect(after).toEqual(second);
	});

	it('offers to change the likely answer first, and keeps the others', () => {
		const state = finishCheck(atCheck(), {
			verdict: 'refused',
			suspects: ['apiAuthName', 'token'],
		});
		expect(optionsFor(state).map(({id}) => id)).toEqual([
			'change:apiAuthName',
			'change:token',
			'again',
		]);
		const mended = play(state, '<enter>', '<delete-before>', 'right@example.com<enter>');
		expect(mended).toMatchObject({
			step: 'check',
			check: {state: 'running'},
			values: {authName: 'ann', apiAuthName: 'right@example.com'},
		});
	});

	it('takes another token in place of the refused one, which nobody sees, and Enter keeps it', () => {
		const refused = finishCheck(atCheck(), {verdict: 'refused', suspects: ['token']});
		const asked = play(refused, '<enter>');
		expect(asked.step).toBe('token');
		const another = `${someToken}2`;
		expect(play(asked, another, '<enter>').values.token?.reveal()).toBe(another);
		expect(play(asked, '<enter>').values.token?.reveal()).toBe(someToken);
	});

	it('offers the name that Bitbucket gives and the one that always works', () => {
		const state = finishCheck(atCheck(), {
			verdict: 'refused',
			suspects: ['authName'],
			userName: 'ann-example',
			tokenNameWorks: true,
		});
		expect(optionsFor(state).map(({id}) => id)).toEqual([
			'name:ann-example',
			'change:authName',
			'use-token-name',
			'again',
		]);
		expect(play(state, '<enter>')).toMatchObject({
			check: {state: 'running'},
			values: {authName: 'ann-example'},
		});
		expect(play(state, '<down><down><enter>')).toMatchObject({
			check: {state: 'running'},
			values: {authName: ''},
		});
	});

	it('offers the workspaces that there are', () => {
		const state = finishCheck(atCheck(), {
			verdict: 'unreachable',
			suspects: ['workspace'],
			workspaces: ['acme', 'acme-team'],
		});
		expect(chosen(state)).toBe('workspace:acme-team');
		expect(play(state, '<enter>')).toMatchObject({
			check: {state: 'running'},
			values: {workspace: 'acme-team'},
			lookup: {workspace: 'acme-team'},
		});
	});

	it('waits for a word where something useful is missing, and can go on', () => {
		const state = finishCheck(atCheck(), {verdict: 'limited', suspects: ['token']});
		expect(state.step).toBe('check');
		expect(optionsFor(state).map(({id}) => id)).toEqual(['go-on', 'change:token', 'again']);
		expect(play(state, '<enter>').step).toBe('folder');
	});

	it('can only be made again where the network is the cause', () => {
		const state = finishCheck(atCheck(), {verdict: 'unreachable'});
		expect(optionsFor(state).map(({id}) => id)).toEqual(['again']);
		expect(play(state, '<enter>').check.state).toBe('running');
	});

	it('sends who sees too little without a token to the sign-in', () => {
		const asGuest = play(start(), 'acme<enter><enter>', '<down><enter>', '<enter>');
		const state = finishCheck(asGuest, {verdict: 'unreachable', suspects: ['workspace', 'token']});
		expect(play(state, '<down><enter>').step).toBe('authName');
	});

	it('says when it broke, and offers another try', () => {
		const state = atCheck();
		const broken = play(state, {type: 'request-failed', request: requestOf(state), message: 'Oh.'});
		expect(broken.check).toEqual({state: 'broken', message: 'Oh.'});
		expect(chosen(broken)).toBe('again');
	});
});

describe('where to save', () => {
	it('says why a folder cannot be used, and takes another', () => {
		const asked = play(atFolder(), '/etc/passwd<enter>');
		const request = requestOf(asked);
		const refused = play(asked, {type: 'request-failed', request, message: 'It is a file.'});
		expect(refused).toMatchObject({step: 'folder', problem: 'It is a file.'});
		const again = play(refused, '<delete-before>', '/srv<enter>');
		expect(again.inspection?.path).toBe('/srv');
		const late = play(again, {type: 'folder-inspected', request, report: folder});
		expect(late.values.folder).toBeUndefined();
	});

	it('takes no keys while it looks at the folder, and can be left', () => {
		const asked = play(atFolder(), '/srv<enter>');
		expect(play(asked, {type: 'typed', text: 'xy\r'}, '<backspace>', '<down>')).toMatchObject({
			step: 'folder',
			inspection: asked.inspection,
			editor: {text: '/srv'},
		});
		expect(play(asked, '<back>')).toMatchObject({step: 'token', inspection: undefined});
	});

	it('offers keychains that were found first, then a variable, then the file', () => {
		const state = play(start(), {
			type: 'keychains-found',
			keychains: [{command: 'pass', name: 'pass'}],
		});
		const place = atPlace(state);
		expect(optionsFor(place).map(({id}) => id)).toEqual(['keychain:pass', 'environment', 'file']);
		expect(play(place, '<enter>').values.tokenPlace).toEqual({kind: 'keychain', command: 'pass'});
	});

	it('says why saving failed, and lets another place be chosen', () => {
		const asked = play(atReview(), '<enter>');
		expect(asked.saving?.next).toBe('back-up');
		const failed = play(asked, {
			type: 'request-failed',
			request: requestOf(asked),
			message: 'Full.',
		});
		expect(failed).toMatchObject({step: 'review', saving: undefined, problem: 'Full.'});
		expect(play(failed, '<back>').step).toBe('tokenPlace');
	});

	it('saves once, however often Enter is pressed', () => {
		const once = play(atReview(), '<enter>');
		expect(play(once, '<enter><enter>').saving).toEqual(once.saving);
	});
});

describe('more than one workspace', () => {
	const carried = {
		workspace: 'acme',
		type: 'org',
		access: 'account',
		authName: 'ann',
		apiAuthName: 'ann@example.com',
		token: new Secret(someToken),
		replaces: undefined,
		folder: '/srv/backup',
		tokenPlace: {kind: 'file'},
	} as const;

	it('asks only for the workspace and its type, and offers those that there are', () => {
		const state = start({carried, workspaces: ['other']});
		expect(state).toMatchObject({step: 'workspace', row: 1});
		const end = finishCheck(play(state, '<enter>', '<enter>'));
		expect(end).toMatchObject({step: 'review', values: {workspace: 'other', authName: 'ann'}});
	});

	it('asks how to sign in where the token was for the first one alone', () => {
		const state = start({carried: {...carried, access: 'access-token'}});
		expect(play(state, 'other<enter>', '<enter>').step).toBe('authName');
	});

	const source = {
		title: 'Main',
		answers: {
			workspace: 'acme',
			authName: 'ann',
			apiAuthName: 'ann@example.com',
			token: new Secret(someToken),
			tokenPlace: {kind: 'environment', variable: 'OLD_TOKEN'},
		},
	} as const;

	it('proposes every answer of a source that is to be changed', () => {
		const state = start({
			sources: [source],
			folder: '/srv/backup',
			suggestions: {folder: '/srv/backup'},
		});
		expect(state.step).toBe('start');
		const checked = play(state, '<down><enter>', '<enter><enter><enter><enter><enter>');
		expect(checked).toMatchObject({step: 'check', values: {start: {replaces: 'Main'}}});
		const place = play(finishCheck(checked), '<enter>');
		expect(place.inspection?.path).toBe('/srv/backup');
		const end = play(
			place,
			{type: 'folder-inspected', request: requestOf(place), report: folder},
			'<enter>',
		);
		expect(end.values.tokenPlace).toEqual({kind: 'environment', variable: 'OLD_TOKEN'});
	});

	it('puts one more into the folder that is in use', () => {
		const state = play(start({sources: [source], folder: '/srv/backup'}), '<enter>');
		expect(state).toMatchObject({step: 'workspace', values: {folder: {path: '/srv/backup'}}});
	});

	it('can take over a settings file of SCM Backup', () => {
		const scmBackupFile = {path: '/x/settings.yml', to: '/home/settings.yml', workspaces: ['acme']};
		const state = start({scmBackupFile});
		expect(play(state, '<enter>').result).toEqual({
			kind: 'take-over',
			file: '/x/settings.yml',
			to: '/home/settings.yml',
		});
		expect(play(state, '<down><enter>').step).toBe('workspace');
	});
});

describe('leaving', () => {
	it('leaves at any question, with nothing but what may be remembered', () => {
		const state = play(atReview(), '<leave>');
		expect(state.result).toEqual({kind: 'left'});
		expect(rememberable(state.values)).toEqual({
			workspace: 'acme',
			type: 'org',
			authName: 'ann',
			apiAuthName: 'ann@example.com',
			folder: '/srv/backup',
		});
	});

	it('is over then: nothing changes it any more', () => {
		const state = play(start(), '<leave>');
		expect(play(state, 'acme<enter>')).toBe(state);
	});
});
