import {describe, expect, it} from 'vitest';
import {
	acceptLostSettings,
	areSettingsDue,
	estimateSettings,
	findLostSettings,
	findRefusedSettings,
	groupOfSetting,
	isSettingDue,
	isSettingsState,
	noSettings,
	type SettingsState,
	wordsOfSetting,
} from '../../../source/domain/metadata/settings-state.ts';
import {day} from '../../../source/domain/text/format.ts';

const now = Date.parse('2026-11-30T02:00:00Z');
const daysAgo = (days: number): string => new Date(now - days * day).toISOString();

const denied = (state: 'refused' | 'absent', days: number, scopes = 'a b') =>
	({state, at: daysAgo(days), reason: 'no', scopes}) as const;

const asks = (state: SettingsState, isNeeded = false): boolean =>
	isSettingDue(state, 'hooks', {scopes: 'a b', now, isNeeded});

describe('a round through the settings', () => {
	it('is due if there was none, and after seven days', () => {
		expect(areSettingsDue(noSettings, now)).toBe(true);
		expect(areSettingsDue({files: {}, at: daysAgo(6.9)}, now)).toBe(false);
		expect(areSettingsDue({files: {}, at: daysAgo(7)}, now)).toBe(true);
	});

	it('is due after a clock ran ahead', () => {
		expect(areSettingsDue({files: {}, at: daysAgo(-400)}, now)).toBe(true);
	});

	it('asks for each file once, unless its items are needed or it has lasted too long', () => {
		const files = {hooks: {items: 2}};
		expect(asks({files})).toBe(true);
		expect(asks({files, asked: {hooks: daysAgo(1)}})).toBe(false);
		expect(asks({files, asked: {hooks: daysAgo(1)}}, true)).toBe(true);
		expect(asks({files, asked: {hooks: daysAgo(8)}})).toBe(true);
	});

	it.each(['refused', 'absent'] as const)(
		'asks for a file that was %s again after 30 days, or with other scopes',
		(state) => {
			expect(asks({files: {hooks: {denied: denied(state, 29)}}})).toBe(false);
			expect(asks({files: {hooks: {denied: denied(state, 29)}}}, true)).toBe(false);
			expect(asks({files: {hooks: {denied: denied(state, 30)}}})).toBe(true);
			expect(asks({files: {hooks: {denied: denied(state, 1, 'a')}}})).toBe(true);
		},
	);

	it('asks each time for a file that could be read once', () => {
		expect(asks({files: {hooks: {items: 1, denied: denied('refused', 1)}}})).toBe(true);
	});
});

describe('the state of settings', () => {
	it('tells what was refused, and what was lost by it', () => {
		const files = {
			hooks: {items: 1, denied: denied('refused', 1)},
			'deploy-keys': {denied: denied('refused', 1)},
			'pipeline-key-pair': {items: 1, denied: denied('absent', 1)},
		};
		expect(findRefusedSettings({files})).toEqual([
			{name: 'hooks', reason: 'no', isLost: true, isAccepted: false},
			{name: 'deploy-keys', reason: 'no', isLost: false, isAccepted: false},
		]);
	});

	it('names what was lost until the user accepts it', () => {
		const files = {
			hooks: {items: 1, denied: denied('refused', 1)},
			'deploy-keys': {denied: denied('refused', 1)},
			environments: {items: 1},
		};
		expect(findLostSettings({files}).map(({name}) => name)).toEqual(['hooks']);
		const accepted = acceptLostSettings({files});
		expect(findLostSettings(accepted)).toEqual([]);
		expect(isSettingsState(accepted)).toBe(true);
		const refusedNow = {...accepted.files, environments: {items: 1, denied: denied('refused', 0)}};
		expect(findLostSettings({files: refusedNow}).map(({name}) => name)).toEqual(['environments']);
	});

	it('tells how many requests are left', () => {
		expect(estimateSettings(noSettings, 10, undefined)).toBe(10);
		expect(estimateSettings({files: {}, asked: {hooks: daysAgo(0)}}, 10, undefined)).toBe(9);
		expect(estimateSettings({files: {}, at: daysAgo(8)}, 10, undefined)).toBe(0);
		expect(estimateSettings({files: {}, at: daysAgo(8)}, 10, now)).toBe(10);
		expect(estimateSettings({files: {}, at: daysAgo(1)}, 10, now)).toBe(0);
	});

	it('has words for each file', () => {
		expect(wordsOfSetting('deploy-keys')).toBe('deploy keys');
		expect(wordsOfSetting('projects/MAIN/deploy-keys')).toBe('deploy keys of project MAIN');
		expect(groupOfSetting('projects/MAIN/deploy-keys')).toBe('deploy keys of projects');
		expect(groupOfSetting('project-deploy-keys')).toBe('deploy keys of projects');
		expect(groupOfSetting('pipeline-key-pair')).toBe('settings of pipelines');
		expect(groupOfSetting('workspace-hooks')).toBe('webhooks');
	});

	it.each([
		{},
		{files: {hooks: {items: '2'}}},
		{files: {hooks: {denied: {...denied('refused', 1), state: 'lost'}}}},
		{files: {}, at: 'yesterday'},
		{files: {}, asked: {hooks: 1}},
	])('is not taken from other JSON: %j', (json) => {
		expect(isSettingsState(json)).toBe(false);
	});
});
