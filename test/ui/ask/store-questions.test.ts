import {describe, expect, it} from 'vitest';
import type {AccessLine} from '../../../source/domain/access/access.ts';
import {openWizard, toReview, type Wizard} from './open-questions.ts';

const pair = {identity: 'AGE-SECRET-KEY-1CANARY', recipient: `age1${'q'.repeat(58)}`};

const line = (state: AccessLine['state']): AccessLine => ({
	id: 'deletion',
	label: 'deletion',
	state,
	text: '',
	consequence: undefined,
});

/** Up to the question for a second copy. */
const toCopy = (): Promise<Wizard> => toReview(openWizard({isStored: false}));

const toKey = async (): Promise<Wizard> => {
	const wizard = (await toCopy()).play('<down><enter>', '/mnt/nas<enter>');
	await wizard.pairs.last().answer(pair);
	return wizard;
};

const toTrial = async (): Promise<Wizard> => (await toKey()).play('<enter>');

describe('a second copy', () => {
	it('is declined with one press of Enter', async () => {
		const wizard = await toCopy();
		expect(wizard.at()).toBe('secondCopy');
		expect(wizard.play('<enter>').at()).toBe('review');
		wizard.play('<enter>');
		expect(wizard.saves.last().given.store).toBeUndefined();
	});

	it('is not offered where the settings name a store', async () => {
		expect((await toReview(openWizard({isStored: true}))).at()).toBe('review');
	});

	it('in a folder is sealed for a new pair, tried, and written with its public key alone', async () => {
		const wizard = await toTrial();
		expect(wizard.at()).toBe('tryStore');
		const store = {recipients: [pair.recipient], place: {type: 'folder', path: '/mnt/nas'}};
		expect(wizard.trials.last().given).toEqual(store);
		wizard.trials.last().onLine?.(line('ok'));
		await wizard.trials.last().answer(true);
		expect(wizard.at()).toBe('review');
		expect(wizard.asking.answered().slice(-2)).toEqual([
			{label: 'Second copy', value: '/mnt/nas'},
			{label: 'Opened by', value: 'the key that was shown'},
		]);
		wizard.play('<enter>');
		const {given} = wizard.saves.last();
		expect(given.store).toEqual(store);
		expect(JSON.stringify([given, wizard.remembered])).not.toContain('CANARY');
	});

	it('in a bucket needs its address, and a key whose secret is not shown', async () => {
		const wizard = (await toCopy()).play('<down><down><enter>');
		expect(wizard.play('acme<enter>').problem()).toContain('no address');
		wizard.play('<clear>s3.eu-central-003.backblazeb2.com/acme-git/cistern<enter>', 'K1<enter>');
		expect(wizard.at()).toBe('bucketSecret');
		expect(wizard.play('<enter>').problem()).toContain('not shown');
		wizard.play('s3cret<enter>');
		await wizard.pairs.last().answer(pair);
		const {place} = wizard.play('<enter>').trials.last().given;
		expect(place).toMatchObject({bucket: 'acme-git', prefix: 'cistern', accessKeyId: 'K1'});
		expect(place.type === 's3' && place.secretAccessKey.reveal()).toBe('s3cret');
		expect(JSON.stringify([wizard.asking.answered(), wizard.remembered])).not.toContain('s3cret');
	});

	it('is sealed for public keys of the user, and takes no secret one', async () => {
		const wizard = (await toKey()).play('<down><enter>');
		expect(wizard.at()).toBe('ownKeys');
		wizard.play(`AGE-SECRET-KEY-1${'Q'.repeat(58)}<enter>`);
		expect([wizard.problem(), wizard.text()]).toEqual([expect.stringContaining('secret'), '']);
		const own = [pair.recipient, `age1${'p'.repeat(58)}`];
		wizard.play(`${own.join(' ')}<enter>`);
		expect(wizard.trials.last().given.recipients).toEqual(own);
	});

	it.each([
		['', 'whole path'],
		['nas', 'whole path'],
		['/srv/backup/copy', 'in the backup folder'],
	])('is not put into "%s"', async (path, words) => {
		const wizard = (await toCopy()).play('<down><enter>', `${path}<enter>`);
		expect([wizard.at(), wizard.problem()]).toEqual(['copyFolder', expect.stringContaining(words)]);
	});
});

describe('a second copy that was tried', () => {
	it('stays on the screen where something is a risk, until the user goes on', async () => {
		const wizard = await toTrial();
		wizard.trials.last().onLine?.(line('attention'));
		await wizard.trials.last().answer(true);
		expect([wizard.at(), wizard.chosen()]).toEqual(['tryStore', 'go-on']);
		expect(wizard.play('<enter>').at()).toBe('review');
	});

	it('is not written where it does not work', async () => {
		const wizard = await toTrial();
		await wizard.trials.last().answer(false);
		expect(wizard.options()).toEqual(['copyFolder', 'tryStore', 'later']);
		wizard.play('<up><enter>');
		expect(wizard.at()).toBe('review');
		wizard.play('<enter>');
		expect(wizard.saves.last().given.store).toBeUndefined();
	});

	it('is tried again when it was changed', async () => {
		const wizard = await toTrial();
		await wizard.trials.last().answer(false);
		wizard.play('<enter>');
		expect([wizard.at(), wizard.text()]).toEqual(['copyFolder', '/mnt/nas']);
		wizard.play('2<enter>');
		expect(wizard.trials.count()).toBe(2);
		expect(wizard.pairs.count()).toBe(1);
	});

	it('asks for the secret of another key anew', async () => {
		const wizard = (await toCopy()).play('<down><down><enter>', 's3.a.org/b<enter>', 'K1<enter>');
		wizard.play('wrong<enter>');
		await wizard.pairs.last().answer(pair);
		await wizard.play('<enter>').trials.last().fail('a bug');
		expect(wizard.form().trial).toMatchObject({lines: [{state: 'failed', text: 'a bug'}]});
		wizard.play('<down><enter>', '<enter>');
		expect(wizard.at()).toBe('bucketSecret');
		expect(wizard.play('<enter>').problem()).toContain('not shown');
		expect(wizard.play('right<enter>').at()).toBe('tryStore');
	});
});
