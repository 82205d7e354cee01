import {describe, expect, it} from 'vitest';
import type {StoreAnswer} from '../../../source/domain/answers/store-answer.ts';
import type {ReachedTarget} from '../../../source/domain/answers/target-answer.ts';
import type {WizardAnswers} from '../../../source/domain/answers/wizard-answers.ts';
import {readStores} from '../../../source/domain/settings/read-stores.ts';
import {readTelling} from '../../../source/domain/settings/read-telling.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {
	chooseTitle,
	contentOf,
	type EditContext,
	editFromAnswers,
	maskEdit,
	storeEntryFrom,
	targetEntryFrom,
} from '../../../source/domain/settings/settings-edit.ts';

const token = new Secret('ATATT3xFfGF0-the-whole-of-it-9f3c');
const answers: WizardAnswers = {
	workspace: 'acme',
	type: 'org',
	access: 'account',
	authName: 'ann',
	apiAuthName: 'ann@example.com',
	token,
	replaces: undefined,
	folder: '/srv/backup',
	tokenPlace: {kind: 'file'},
	offered: {},
	target: undefined,
	store: undefined,
	schedule: undefined,
};
const context: EditContext = {
	titles: [],
	folder: undefined,
	passwordCommand: undefined,
	tokenExpires: undefined,
	apiUrl: undefined,
	ofParts: {},
};

describe('editFromAnswers', () => {
	it('writes the token only if it is to be kept in the file', () => {
		const {entry, localFolder} = editFromAnswers(answers, context);
		expect(entry.password?.reveal()).toBe(token.reveal());
		expect(localFolder).toBe('/srv/backup');
	});

	it('writes a variable or a command in its place', () => {
		const named = editFromAnswers(
			{...answers, tokenPlace: {kind: 'environment', variable: 'MY_TOKEN'}},
			context,
		);
		const recalled = editFromAnswers(
			{...answers, tokenPlace: {kind: 'keychain', command: 'pass'}},
			{...context, passwordCommand: 'pass show cistern/acme'},
		);
		expect(named.entry.password?.reveal()).toBe('%MY_TOKEN%');
		expect(recalled.entry.password).toBeUndefined();
		expect(recalled.entry.passwordCommand).toBe('pass show cistern/acme');
	});

	it('writes no name for an access token', () => {
		const {entry} = editFromAnswers({...answers, access: 'access-token'}, context);
		expect([entry.authName, entry.apiAuthName]).toEqual([undefined, undefined]);
	});

	it('writes the name that works for every token if the user knows none, because SCM Backup needs one', () => {
		const {entry} = editFromAnswers({...answers, authName: ''}, context);
		expect(entry.authName).toBe('x-bitbucket-api-token-auth');
	});

	it('keeps the folder as the user wrote it if it stays the same', () => {
		const edit = editFromAnswers(answers, {...context, folder: '/srv/backup'});
		expect(edit.localFolder).toBeUndefined();
	});
});

describe('chooseTitle', () => {
	it('numbers a second source of a workspace, and ignores case', () => {
		expect(chooseTitle(answers, [])).toBe('acme');
		expect(chooseTitle(answers, ['ACME', 'acme-2'])).toBe('acme-3');
		expect(chooseTitle({...answers, replaces: 'Old name'}, ['Old name'])).toBe('Old name');
	});
});

describe('maskEdit', () => {
	it('shows only the last characters of a token, and a variable unchanged', () => {
		const shown = maskEdit(editFromAnswers(answers, context)).entry.password?.reveal();
		expect(shown).toContain('9f3c');
		expect(shown).not.toContain('ATATT');
		const named = editFromAnswers(
			{...answers, tokenPlace: {kind: 'environment', variable: 'MY_TOKEN'}},
			context,
		);
		expect(maskEdit(named).entry.password?.reveal()).toBe('%MY_TOKEN%');
	});
});

describe('a target of the wizard', () => {
	const mail = {
		kind: 'email',
		to: 'ann@example.com;ben@example.com',
		server: 'smtp.example.com:587',
		userName: 'ann',
		password: new Secret('s3cret pass'),
	} as const;
	const link = {
		kind: 'slack',
		link: new Secret('https://hooks.slack.com/services/s3cret'),
	} as const;

	it('is read as it was answered', () => {
		const read = (target: ReachedTarget) =>
			readTelling(
				{email: undefined, tell: undefined, ...contentOf(targetEntryFrom(target))},
				{
					environment: {},
					report: (problem) => {
						throw new Error(problem.message);
					},
				},
			);
		expect(read(mail)).toMatchObject([
			{way: {kind: 'email', from: 'ann@example.com', port: 587, tls: 'needed', userName: 'ann'}},
		]);
		expect(read({...mail, server: 'smtp.example.com:465'})).toMatchObject([
			{way: {port: 465, tls: 'first'}},
		]);
		expect(read({...mail, server: 'localhost', userName: '', password: undefined})).toMatchObject([
			{way: {server: 'localhost', port: 25, tls: 'offered', userName: undefined}},
		]);
		expect(read(link)).toMatchObject([{name: 'slack', when: 'problems', way: {kind: 'slack'}}]);
	});

	it('is shown without its secrets', () => {
		const shown = (target: ReachedTarget): string =>
			JSON.stringify(
				contentOf(
					maskEdit(editFromAnswers({...answers, target}, context)).additions?.[0] ?? {
						section: 'tell',
						values: {},
					},
				),
			);
		expect(shown(link)).toContain('https://hooks.slack.com/<hidden>');
		expect(shown(mail)).toContain('"userName":"ann","password":"<hidden>"');
		expect(shown(link) + shown(mail)).not.toContain('s3cret');
	});
});

describe('a store of the wizard', () => {
	const recipients = [`age1${'q'.repeat(58)}`];
	const bucket = {
		recipients,
		place: {
			type: 's3',
			address: 's3.eu-central-1.amazonaws.com/acme-git',
			endpoint: undefined,
			region: 'eu-central-1',
			bucket: 'acme-git',
			prefix: '',
			accessKeyId: 'AKIA1',
			secretAccessKey: new Secret('s3cret/key'),
		},
	} as const;
	const read = (store: StoreAnswer) =>
		readStores(Object.values(contentOf(storeEntryFrom(store)))[0], {
			environment: {},
			report: (problem) => {
				throw new Error(problem.message);
			},
		});

	it('is read as it was answered', () => {
		expect(read({recipients, place: {type: 'folder', path: '/mnt/nas'}})).toMatchObject([
			{title: 'offsite', recipients, place: {type: 'folder', path: '/mnt/nas'}},
		]);
		expect(read(bucket)).toMatchObject([
			{
				recipients,
				place: {endpoint: undefined, region: 'eu-central-1', pathStyle: false, prefix: ''},
			},
		]);
		const own = {endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', prefix: 'a/b'};
		expect(read({...bucket, place: {...bucket.place, ...own}})).toMatchObject([
			{place: {...own, pathStyle: true}},
		]);
	});

	it('is shown without its secret', () => {
		const shown = maskEdit(editFromAnswers({...answers, store: bucket}, context)).additions;
		expect(shown?.[0] && contentOf(shown[0])).toMatchObject({
			stores: [{accessKeyId: 'AKIA1', secretAccessKey: '<hidden>', recipients}],
		});
	});
});
