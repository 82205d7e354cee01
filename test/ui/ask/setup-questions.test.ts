import {describe, expect, it} from 'vitest';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {sourceAnswersFrom} from '../../../source/ui/ask/setup/form.ts';
import {
	folder,
	line,
	makeReport,
	openWizard,
	someToken,
	toCheck,
	toFolder,
	toPlace,
	toReview,
	toToken,
} from './open-questions.ts';

describe('the way through the wizard', () => {
	it('asks workspace, type, user name, e-mail and token, then checks by itself', () => {
		const wizard = openWizard();
		const steps = [wizard.at()];
		for (const answer of ['acme', '', 'ann', 'ann@example.com', someToken]) {
			steps.push(wizard.play(`${answer}<enter>`).at());
		}
		expect(steps).toEqual(['workspace', 'type', 'authName', 'apiAuthName', 'token', 'check']);
		expect(wizard.checks.last().given).toEqual(sourceAnswersFrom(wizard.values()));
		expect(wizard.values()).toMatchObject({
			workspace: 'acme',
			type: 'org',
			access: 'account',
			authName: 'ann',
			apiAuthName: 'ann@example.com',
		});
		expect(wizard.values().token?.reveal()).toBe(someToken);
	});

	it('goes on by itself when everything is good, to a finished result in eight presses of Enter', async () => {
		const wizard = (await toReview()).play('<enter>');
		await wizard.saves.last().answer('/x/settings.yml');
		expect(wizard.form().savedTo).toBe('/x/settings.yml');
		expect(wizard.result()).toMatchObject({
			kind: 'finished',
			next: 'back-up',
			answers: {
				workspace: 'acme',
				folder: '/srv/backup',
				tokenPlace: {kind: 'file'},
				replaces: undefined,
			},
		});
	});

	it('counts the five questions', () => {
		expect(openWizard().asking.progress()).toEqual({number: 1, count: 5});
		expect(toToken().asking.progress()).toEqual({number: 5, count: 5});
		expect(toCheck().asking.progress().number).toBe(0);
	});

	it('reads the workspace from any pasted address', () => {
		const wizard = openWizard();
		wizard.asking.paste('https://bitbucket.org/acme/api\n');
		expect(wizard.play('<enter>').values().workspace).toBe('acme');
	});

	it('looks the workspace up while the user goes on', async () => {
		const wizard = openWizard().play('acme<enter>');
		expect(wizard.asking.answered()).toMatchObject([{note: 'looking for it', mark: 'running'}]);
		wizard.play('<enter>');
		await wizard.lookups.last().answer({state: 'private'});
		expect(wizard.at()).toBe('authName');
		expect(wizard.asking.answered()[0]?.note).toBe('private: a token is needed');
	});

	it('gives up the look-up of a workspace that was changed', async () => {
		const wizard = openWizard().play('acne<enter>');
		const first = wizard.lookups.last();
		wizard.play('<back><clear>acme<enter>');
		expect(first.signal?.aborted).toBe(true);
		await first.answer({state: 'missing'});
		expect(wizard.form().lookup).toEqual({workspace: 'acme', result: undefined});
	});

	it('keeps what a look-up found while the folder was looked at', async () => {
		const wizard = (await toFolder()).play('/srv<enter>');
		await wizard.lookups.last().answer({state: 'private'});
		await wizard.folders.last().answer(folder);
		expect(wizard.form()).toMatchObject({lookup: {result: {state: 'private'}}, values: {folder}});
	});

	it('proposes personal for a workspace that is named after its user', () => {
		expect(openWizard({loginName: 'ann'}).play('ann<enter>').chosen()).toBe('user');
		expect(openWizard({loginName: 'ann'}).play('acme<enter>').chosen()).toBe('org');
	});

	it('proposes the name of a personal workspace as the user name', () => {
		expect(openWizard().play('ann<enter>', '<down><enter>').text()).toBe('ann');
	});

	it('proposes the answers of last time', () => {
		const wizard = openWizard({
			suggestions: {workspace: 'acme', type: 'user', authName: 'bob', apiAuthName: 'b@x.org'},
		}).play('<enter><enter><enter><enter>');
		expect(wizard.at()).toBe('token');
		expect(wizard.values()).toMatchObject({
			workspace: 'acme',
			type: 'user',
			authName: 'bob',
			apiAuthName: 'b@x.org',
		});
	});
});

describe('answers that are refused', () => {
	it.each([
		['an empty workspace', '', '<enter>', 'Type the id'],
		['no workspace', '', 'two words<enter>', 'no workspace id'],
		['a token for a workspace', '', `${someToken}<enter>`, 'looks like a token'],
		['an e-mail for a user name', 'a<enter><enter>', 'a@b.org<enter>', 'e-mail'],
		['a colon in a user name', 'a<enter><enter>', 'a:b<enter>', 'colon'],
		['a token for a user name', 'a<enter><enter>', `${someToken}<enter>`, 'token'],
		['no e-mail', 'a<enter><enter><enter>', 'ann<enter>', 'not an e-mail'],
		['a token for an e-mail', 'a<enter><enter><enter>', `${someToken}<enter>`, 'token'],
	])('refuses %s with a sentence', (_, way, typed, words) => {
		const wizard = openWizard().play(way);
		const before = wizard.at();
		expect(wizard.play(typed).at()).toBe(before);
		expect(wizard.problem()).toContain(words);
	});

	it.each([
		['nothing', '', 'Paste the token'],
		['an app password', 'ATBBabcdefghijklmnopqrst', 'app password'],
		['two words', 'ATATT3xFf GF0', 'one word'],
		['quotation marks', `'${someToken}'`, 'quotation marks'],
		['a variable', '$BITBUCKET_TOKEN', 'placeholder'],
	])('refuses %s as a token, and takes the next one in its place', (_, text, words) => {
		const wizard = toToken().play(`${text}<enter>`);
		expect(wizard.at()).toBe('token');
		expect(wizard.problem()).toContain(words);
		expect(wizard.play(someToken, '<enter>').values().token?.reveal()).toBe(someToken);
	});
});

describe('other ways to sign in', () => {
	it('asks for no name and no token if only public repositories are wanted', async () => {
		const wizard = openWizard().play('acme<enter><enter>', '<down><enter>');
		expect(wizard.at()).toBe('publicOnly');
		expect(wizard.play('<enter>').at()).toBe('check');
		expect(wizard.checks.last().given).toMatchObject({access: 'public', token: undefined});
		(await wizard.finishCheck()).play('/x<enter>');
		await wizard.folders.last().answer(folder);
		expect(wizard.at()).toBe('review');
	});

	it('takes it back when the warning was enough', () => {
		const wizard = openWizard().play('acme<enter><enter>', '<down><enter>', '<down><enter>');
		expect(wizard.at()).toBe('authName');
		expect(wizard.chosen()).toBeUndefined();
		expect(wizard.play('ann<enter>').at()).toBe('apiAuthName');
	});

	it('asks for no e-mail if an access token is used', () => {
		const wizard = openWizard().play('acme<enter><enter><enter>', '<down><enter>');
		expect(wizard.at()).toBe('token');
		wizard.play('ATCTT3xFfGN0-of-acme<enter>');
		expect(wizard.at()).toBe('check');
		expect(wizard.values().access).toBe('access-token');
	});

	it('asks for the e-mail after all if the token turns out to belong to a person', () => {
		const wizard = openWizard().play(
			'acme<enter><enter><enter>',
			'<down><enter>',
			`${someToken}<enter>`,
		);
		expect(wizard.at()).toBe('apiAuthName');
		expect(wizard.problem()).toContain('person');
		wizard.play('ann@example.com<enter>');
		expect(wizard.at()).toBe('check');
		expect(wizard.values()).toMatchObject({access: 'account', apiAuthName: 'ann@example.com'});
	});

	it('leads back from an access token to the question where it was chosen', () => {
		const wizard = openWizard().play('acme<enter><enter><enter>', '<down><enter>', '<back>');
		expect(wizard.at()).toBe('apiAuthName');
		expect(wizard.chosen()).toBe('access-token');
	});

	it('takes an empty user name for the one that works with every token', () => {
		const wizard = openWizard().play('acme<enter><enter><enter>');
		expect(wizard.at()).toBe('apiAuthName');
		expect(wizard.values()).toMatchObject({authName: '', access: 'account'});
	});
});

describe('going back', () => {
	it('goes to the question before, with its answer, and keeps all others', () => {
		const wizard = toCheck().play('<back>', '<back>');
		expect(wizard.at()).toBe('apiAuthName');
		expect(wizard.text()).toBe('ann@example.com');
		expect(wizard.checks.last().signal?.aborted).toBe(true);
		wizard.play('<clear>a@example.com<enter>');
		expect(wizard.at()).toBe('check');
		expect(wizard.values().apiAuthName).toBe('a@example.com');
		expect(wizard.values().token?.reveal()).toBe(someToken);
	});

	it('does not check again what was good and has not changed', async () => {
		const wizard = (await toFolder()).play('<back>', '<enter>');
		expect(wizard.at()).toBe('folder');
		expect(wizard.checks.count()).toBe(1);
		wizard.play('<back>', '<back>', '<clear>x@y.org<enter>');
		expect(wizard.at()).toBe('check');
		expect(wizard.checks.count()).toBe(2);
	});

	it('asks again if another token is to be kept', async () => {
		const wizard = (await toReview()).play('<back><back><back>', 'ATATTother<enter>');
		expect(wizard.values().tokenPlace).toBeUndefined();
		expect(wizard.values().folder).toEqual(folder);
	});
});

describe('the live check', () => {
	it('shows lines as they come, and replaces a running one by its end', () => {
		const wizard = toCheck();
		wizard.checks.last().onLine?.(line);
		wizard.checks.last().onLine?.({...line, state: 'ok', text: 'Ann'});
		expect(wizard.form().check).toMatchObject({lines: [{id: 'api', state: 'ok', text: 'Ann'}]});
	});

	it('ignores what an earlier check says', async () => {
		const wizard = toCheck();
		const first = wizard.checks.last();
		wizard.play('<back>', 'ATATTother<enter>');
		const before = wizard.asking.read();
		first.onLine?.(line);
		await first.answer(makeReport());
		expect(wizard.asking.read()).toBe(before);
	});

	it('offers to change the likely answer first, and keeps the others', async () => {
		const wizard = await toCheck().finishCheck({
			verdict: 'refused',
			suspects: ['apiAuthName', 'token'],
		});
		expect(wizard.options()).toEqual(['change:apiAuthName', 'change:token', 'again']);
		wizard.play('<enter>', '<clear>right@example.com<enter>');
		expect(wizard.at()).toBe('check');
		expect(wizard.checks.count()).toBe(2);
		expect(wizard.values()).toMatchObject({authName: 'ann', apiAuthName: 'right@example.com'});
	});

	it('takes another token in place of the refused one, which Enter keeps', async () => {
		const wizard = await toCheck().finishCheck({verdict: 'refused', suspects: ['token']});
		expect(wizard.play('<enter>').at()).toBe('token');
		expect(wizard.text()).toBe('');
		expect(wizard.play('<enter>').at()).toBe('check');
		expect(wizard.values().token?.reveal()).toBe(someToken);
		await wizard.finishCheck({verdict: 'refused', suspects: ['token']});
		wizard.play('<enter>', `${someToken}2<enter>`);
		expect(wizard.values().token?.reveal()).toBe(`${someToken}2`);
	});

	it('offers the name that Bitbucket gives and the one that always works', async () => {
		const report = {
			verdict: 'refused',
			suspects: ['authName'],
			userName: 'ann-example',
			tokenNameWorks: true,
		} as const;
		const wizard = await toCheck().finishCheck(report);
		expect(wizard.options()).toEqual([
			'name:ann-example',
			'change:authName',
			'use-token-name',
			'again',
		]);
		wizard.play('<enter>');
		expect(wizard.checks.last().given.authName).toBe('ann-example');
		(await wizard.finishCheck(report)).play('<down><enter>');
		expect(wizard.checks.last().given.authName).toBe('');
	});

	it('offers the workspaces that there are', async () => {
		const wizard = await toCheck().finishCheck({
			verdict: 'unreachable',
			suspects: ['workspace'],
			workspaces: ['acme', 'acme-team'],
		});
		expect(wizard.chosen()).toBe('workspace:acme-team');
		wizard.play('<enter>');
		expect(wizard.checks.last().given.workspace).toBe('acme-team');
		expect(wizard.lookups.last().given).toBe('acme-team');
	});

	it('waits for the user if something useful is missing, and can go on', async () => {
		const wizard = await toCheck().finishCheck({verdict: 'limited', suspects: ['token']});
		expect(wizard.at()).toBe('check');
		expect(wizard.options()).toEqual(['go-on', 'change:token', 'again']);
		expect(wizard.play('<enter>').at()).toBe('folder');
	});

	it('can only be made again if the network is the cause', async () => {
		const wizard = await toCheck().finishCheck({verdict: 'unreachable'});
		expect(wizard.options()).toEqual(['again']);
		wizard.play('<enter>');
		expect(wizard.form().check.state).toBe('running');
	});

	it('leads those to the sign-in who see too little without a token', async () => {
		const wizard = openWizard().play('acme<enter><enter>', '<down><enter>', '<enter>');
		await wizard.finishCheck({verdict: 'unreachable', suspects: ['workspace', 'token']});
		expect(wizard.play('<down><enter>').at()).toBe('authName');
	});

	it('says when it broke, and offers another try', async () => {
		const wizard = toCheck();
		await wizard.checks.last().fail('Oh.');
		expect(wizard.form().check).toEqual({state: 'broken', message: 'Oh.'});
		expect(wizard.chosen()).toBe('again');
	});
});

describe('the folder and the place of the token', () => {
	it('says why a folder cannot be used, and takes another', async () => {
		const wizard = (await toFolder()).play('/etc/passwd<enter>');
		const first = wizard.folders.last();
		await first.fail('It is a file.');
		expect(wizard.at()).toBe('folder');
		expect(wizard.problem()).toBe('It is a file.');
		wizard.play('<clear>/srv<enter>');
		expect(wizard.folders.last().given).toBe('/srv');
	});

	it('takes no keys while it looks at the folder, and can be left', async () => {
		const wizard = (await toFolder()).play('/srv<enter>');
		wizard.play('xy', '<clear>', '<down>', '<enter>');
		wizard.asking.paste('xy');
		expect(wizard.text()).toBe('/srv');
		expect(wizard.folders.count()).toBe(1);
		expect(wizard.play('<back>').at()).toBe('token');
		await wizard.folders.last().answer(folder);
		expect(wizard.at()).toBe('token');
	});

	it('offers the keychains first, then the file, then a variable', async () => {
		const wizard = await toPlace(openWizard({keychains: [{command: 'pass', name: 'pass'}]}));
		expect(wizard.options()).toEqual(['keychain:pass', 'file', 'environment']);
		wizard.play('<enter>');
		expect(wizard.values().tokenPlace).toEqual({kind: 'keychain', command: 'pass'});
	});

	it('proposes the file if there is no keychain', async () => {
		const wizard = await toPlace();
		expect(wizard.play('<enter>').values().tokenPlace).toEqual({kind: 'file'});
	});
});

describe('the review', () => {
	it('shows the settings', async () => {
		const wizard = await toReview();
		await new Promise(setImmediate);
		expect(wizard.form().preview).toBe('the settings');
	});

	it('says why saving failed, and lets another place be chosen', async () => {
		const wizard = (await toReview()).play('<enter>');
		await wizard.saves.last().fail('Full.');
		expect(wizard.at()).toBe('review');
		expect(wizard.problem()).toBe('Full.');
		expect(wizard.play('<back>').at()).toBe('tokenPlace');
	});

	it('saves once, however often Enter is pressed, and Esc does not interrupt it', async () => {
		const wizard = (await toReview()).play('<enter><enter><enter><back>');
		expect(wizard.saves.count()).toBe(1);
		expect(wizard.at()).toBe('review');
		expect(wizard.asking.canGoBack()).toBe(false);
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
		offered: {},
		target: undefined,
		store: undefined,
		schedule: undefined,
	} as const;

	it('asks only for the workspace and its type, and offers those that there are', async () => {
		const wizard = openWizard({carried, workspaces: ['other']});
		expect(wizard.at()).toBe('workspace');
		expect(wizard.chosen()).toBe('other');
		await wizard.play('<enter>', '<enter>').finishCheck();
		expect(wizard.at()).toBe('review');
		expect(wizard.values()).toMatchObject({workspace: 'other', authName: 'ann'});
	});

	it('asks how to sign in if the token was for the first one alone', () => {
		const wizard = openWizard({carried: {...carried, access: 'access-token'}});
		expect(wizard.play('other<enter>', '<enter>').at()).toBe('authName');
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

	it('proposes every answer of a source that is to be changed', async () => {
		const wizard = openWizard({
			sources: [source],
			folder: '/srv/backup',
			suggestions: {folder: '/srv/backup'},
		});
		expect(wizard.at()).toBe('start');
		wizard.play('<down><enter>', '<enter><enter><enter><enter><enter>');
		expect(wizard.at()).toBe('check');
		expect(wizard.values().start).toEqual({replaces: 'Main'});
		(await wizard.finishCheck()).play('<enter>');
		expect(wizard.folders.last().given).toBe('/srv/backup');
		await wizard.folders.last().answer(folder);
		wizard.play('<enter>');
		expect(wizard.values().tokenPlace).toEqual({kind: 'environment', variable: 'OLD_TOKEN'});
	});

	it('puts one more into the folder that is in use', () => {
		const wizard = openWizard({sources: [source], folder: '/srv/backup'}).play('<enter>');
		expect(wizard.at()).toBe('workspace');
		expect(wizard.values().folder?.path).toBe('/srv/backup');
	});

	it('can use a settings file of SCM Backup', () => {
		const scmBackupFile = {path: '/x/settings.yml', to: '/home/settings.yml', workspaces: ['acme']};
		expect(openWizard({scmBackupFile}).play('<enter>').result()).toEqual({
			kind: 'take-over',
			file: '/x/settings.yml',
			to: '/home/settings.yml',
		});
		expect(openWizard({scmBackupFile}).play('<down><enter>').at()).toBe('workspace');
	});
});

describe('leaving', () => {
	it('leaves at any question, with nothing but what may be remembered', async () => {
		const wizard = (await toReview()).play('<leave>');
		expect(wizard.result()).toEqual({kind: 'left'});
		expect(wizard.remembered.at(-1)).toEqual({
			workspace: 'acme',
			type: 'org',
			authName: 'ann',
			apiAuthName: 'ann@example.com',
			folder: '/srv/backup',
		});
	});

	it('is the end: nothing changes after it', () => {
		const wizard = openWizard().play('<leave>');
		const end = wizard.asking.read();
		expect(wizard.play('acme<enter>').asking.read()).toBe(end);
	});
});
