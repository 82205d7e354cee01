import {describe, expect, it} from 'vitest';
import {
	askToAccept,
	describeDoubt,
	formatAccepted,
	formatMissing,
	type MissingRepository,
} from '../../source/ui/missing.ts';
import {compileSchema} from '../helpers/event-schema.ts';

const missing = (slug: string, isPrivate = true): MissingRepository => ({
	type: 'missing',
	source: 'acme',
	repository: `acme/${slug}`,
	isPrivate,
});

describe('missing repositories', () => {
	it('is a line each, without escape sequences', () => {
		expect(formatMissing([missing('api'), missing('\u001B[2J')], false)).toBe(
			'missing  acme/api\nmissing  acme/\\x1b[2J\n',
		);
	});

	it('may be due to the token, if all are private', () => {
		expect(describeDoubt([missing('api'), missing('web')])).toContain('the token');
		expect(describeDoubt([missing('api'), missing('web', false)])).toBe('');
		expect(describeDoubt([])).toBe('');
	});

	it('is asked about by its number', () => {
		expect(askToAccept(1)).toContain('Is this repository gone from Bitbucket? [y/N] ');
		expect(askToAccept(1234)).toContain('Are these 1,234 repositories gone');
	});

	it('fits the schema of the lines of JSON', async () => {
		const validate = await compileSchema();
		for (const line of [formatMissing([missing('api')], true), formatAccepted(1, true)]) {
			expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true);
		}
	});
});
