import {describe, expect, it} from 'vitest';
import type {SetupSituation} from '../../../source/ui/ask/setup/form.ts';
import {openWizard, toPlace, toReview, type Wizard} from './open-questions.ts';

const cron = {kind: 'cron', needsLingering: false, warnings: []} as const;

/** Up to the question after the place of the token. */
const toTarget = (changes: Partial<SetupSituation> = {}): Promise<Wizard> =>
	toReview(openWizard({isTold: false, ...changes}));

const link = 'https://hooks.slack.com/services/s3cret';

describe('who is to be told', () => {
	it('is nobody with one press of Enter', async () => {
		const wizard = await toTarget();
		expect(wizard.at()).toBe('target');
		expect(wizard.play('<enter>').at()).toBe('review');
		await wizard.play('<enter>').saves.last().answer('/x');
		expect(wizard.result()).toMatchObject({answers: {target: undefined, schedule: undefined}});
	});

	it('is not asked where the settings name a target', async () => {
		expect((await toTarget({isTold: true})).at()).toBe('review');
	});

	it('is a link, which gets a test message and is shown by its host alone', async () => {
		const wizard = (await toTarget()).play(`${link}<enter>`);
		expect(wizard.at()).toBe('testMessage');
		expect(wizard.form().test).toMatchObject({state: 'running'});
		await wizard.tests.last().answer(undefined);
		expect(wizard.at()).toBe('review');
		const rows = wizard.asking.answered();
		expect(rows.slice(-2)).toEqual([
			{label: 'Told', value: 'slack at hooks.slack.com'},
			{label: 'Test', value: 'accepted', note: 'look whether it has arrived'},
		]);
		expect(JSON.stringify([rows, wizard.remembered])).not.toContain('s3cret');
		wizard.play('<enter>');
		expect(wizard.saves.last().given.target).toMatchObject({kind: 'slack'});
	});

	it('is an e-mail address, with the server that is probably its own, and a password', async () => {
		const wizard = (await toTarget()).play('ann@example.com<enter>');
		expect([wizard.at(), wizard.text()]).toEqual(['mailServer', 'smtp.example.com:587']);
		expect(wizard.play(' x<enter>').problem()).toContain('smtp.example.com:587');
		wizard.play('<clear>mail.example.com:465<enter>');
		expect([wizard.at(), wizard.text()]).toEqual(['mailUser', 'ann@example.com']);
		wizard.play('<enter>');
		expect(wizard.at()).toBe('mailPassword');
		expect(wizard.play('<enter>').problem()).toContain('not shown');
		wizard.play('s3cret<enter>');
		expect(wizard.tests.last().given).toMatchObject({
			kind: 'email',
			to: 'ann@example.com',
			server: 'mail.example.com:465',
			userName: 'ann@example.com',
		});
		expect(JSON.stringify(wizard.asking.answered())).not.toContain('s3cret');
	});

	it('needs no password where there is no user name, as on this computer', async () => {
		const wizard = (await toTarget()).play('ann@example.com<enter>', '<clear>localhost<enter>');
		expect([wizard.at(), wizard.text()]).toEqual(['mailUser', '']);
		expect(wizard.play('<enter>').at()).toBe('testMessage');
		expect(wizard.tests.last().given).toMatchObject({userName: '', password: undefined});
	});

	it.each([
		['ann', 'neither an e-mail address'],
		['https://acme.slack.com/x', 'page of Slack'],
		[`ATATT3xFfGF0${'x'.repeat(176)}9f3c`, 'looks like a token'],
	])('is not "%s"', async (text, words) => {
		const wizard = (await toTarget()).play(`${text}<enter>`);
		expect(wizard.at()).toBe('target');
		expect(wizard.problem()).toContain(words);
	});
});

describe('a test message that could not be sent', () => {
	const toFailed = async (typed: string): Promise<Wizard> => {
		const wizard = (await toTarget()).play(...typed.split(' '));
		await wizard.tests.last().answer('hooks.slack.com answered 404');
		return wizard;
	};

	it('says why, and lets the link be changed', async () => {
		const wizard = await toFailed(`${link}<enter>`);
		expect(wizard.at()).toBe('testMessage');
		expect(wizard.form().test).toMatchObject({reason: 'hooks.slack.com answered 404'});
		expect(wizard.options()).toEqual(['target', 'testMessage', 'go-on']);
		wizard.play('<enter>');
		expect([wizard.at(), wizard.text()]).toEqual(['target', link]);
		wizard.play('2<enter>');
		expect(wizard.tests.count()).toBe(2);
	});

	it('lets the server, the name or the password be changed, and sends again', async () => {
		const wizard = await toFailed('ann@example.com<enter> <enter> <enter> wrong<enter>');
		expect(wizard.options().slice(0, 4)).toEqual([
			'mailServer',
			'mailUser',
			'mailPassword',
			'target',
		]);
		wizard.play('<down><down><enter>', 'right<enter>');
		expect(wizard.at()).toBe('testMessage');
		const {given} = wizard.tests.last();
		expect(given.kind === 'email' && given.password?.reveal()).toBe('right');
	});

	it('can be sent again as it was, or be left so', async () => {
		const wizard = await toFailed(`${link}<enter>`);
		wizard.play('<down><enter>');
		expect(wizard.tests.count()).toBe(2);
		await wizard.tests.last().answer('no');
		expect(wizard.play('<up><enter>').at()).toBe('review');
		expect(wizard.asking.answered().slice(-2)).toMatchObject([
			{label: 'Told', mark: 'attention'},
			{label: 'Test', mark: 'attention'},
		]);
	});

	it('is given up when the user goes back', async () => {
		const wizard = (await toTarget()).play(`${link}<enter>`);
		const {signal} = wizard.tests.last();
		wizard.play('<back>');
		expect([wizard.at(), signal?.aborted]).toEqual(['target', true]);
		wizard.play('<clear><enter>');
		expect(wizard.at()).toBe('review');
	});

	it('asks for the server of another address anew', async () => {
		const wizard = await toFailed('ann@example.com<enter> <enter> <enter> wrong<enter>');
		wizard.play('<down><down><down><enter>', '<clear>ben@example.org<enter>');
		expect([wizard.at(), wizard.text()]).toEqual(['mailServer', 'smtp.example.org:587']);
	});
});

describe('every night', () => {
	const toNight = async (changes: Partial<SetupSituation>): Promise<Wizard> =>
		(await toPlace(openWizard(changes))).play('<enter>');

	it.each([
		['', {kind: 'install', lingers: false}],
		['<down>', {kind: 'show'}],
		['<up>', {kind: 'later'}],
	])('is offered with "%s"', async (typed, schedule) => {
		const wizard = await toNight({scheduler: cron});
		expect(wizard.at()).toBe('night');
		wizard.play(typed, '<enter>');
		expect(wizard.at()).toBe('review');
		await wizard.play('<enter>').saves.last().answer('/x');
		expect(wizard.result()).toMatchObject({answers: {schedule}});
	});

	it('is not offered where there is no scheduler, or it has a schedule', async () => {
		expect((await toNight({scheduler: undefined})).at()).toBe('review');
	});

	it('asks whether to back up while the user is signed out, if systemd would not', async () => {
		const systemd = {kind: 'systemd', needsLingering: true, warnings: []} as const;
		const wizard = (await toNight({scheduler: systemd})).play('<enter>');
		expect(wizard.at()).toBe('linger');
		await wizard.play('<enter>', '<enter>').saves.last().answer('/x');
		expect(wizard.result()).toMatchObject({answers: {schedule: {kind: 'install', lingers: true}}});
		const refused = (await toNight({scheduler: systemd})).play('<down><enter>');
		expect(refused.at()).toBe('review');
	});

	it('proposes the answer again when the user comes back', async () => {
		const wizard = (await toNight({scheduler: cron})).play('<up><enter>', '<back>');
		expect([wizard.at(), wizard.chosen()]).toEqual(['night', 'later']);
	});
});
