import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	formatListing,
	type Listing,
	openListing,
	refuseListing,
} from '../../../source/domain/plan/listing.ts';
import type {Repository} from '../../../source/domain/plan/repository.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const at = '2026-11-29T02:00:00.000Z';

const anyRepository: fc.Arbitrary<Repository> = fc.record(
	{
		uuid: fc.uuid(),
		workspace: fc.string(),
		slug: fc.string(),
		isPrivate: fc.boolean(),
		mainBranch: fc.string(),
		hasWiki: fc.boolean(),
		size: fc.nat(),
		cloneUrl: fc.webUrl(),
	},
	{requiredKeys: ['uuid', 'workspace', 'slug', 'isPrivate', 'hasWiki', 'size', 'cloneUrl']},
) as fc.Arbitrary<Repository>;

const listingOf = (repositories: readonly Repository[]): Listing => ({
	source: 'acme',
	workspace: 'acme',
	at,
	by: 'ann',
	unreadable: [{page: 1, place: 3, name: undefined, uuid: undefined, detail: 'uuid is missing'}],
	repositories,
});

const open = (text: string) => {
	const read = openListing(text, digest);
	if (read.state !== 'read') {
		throw new Error(read.state);
	}

	const {pages, ...head} = read.listing;
	return {head, pages: [...pages()]};
};

describe('a listing', () => {
	it('is read as it was written, page by page', () => {
		fc.assert(
			fc.property(fc.array(anyRepository, {maxLength: 250}), (repositories) => {
				const {repositories: _, ...head} = listingOf(repositories);
				const read = open(formatListing(listingOf(repositories), digest));
				expect(read.pages.flat()).toEqual(repositories);
				expect(Math.max(...read.pages.map(({length}) => length))).toBeLessThanOrEqual(100);
				expect(read.head).toMatchObject({
					...JSON.parse(JSON.stringify(head)),
					count: repositories.length,
				});
			}),
		);
	});

	it('that was cut short or changed is refused', () => {
		const repositories = fc.sample(anyRepository, {numRuns: 3, seed: 1});
		const text = formatListing(listingOf(repositories), digest);
		for (let length = 0; length < text.length - 1; length += 1) {
			expect(openListing(text.slice(0, length), digest).state).toBe('damaged');
		}

		for (const changed of [
			text.replace('"ann"', '"bob"'),
			text.replace(/"size":\d+/, '"size":1'),
			text.replace(/^(.*\n).*\n/, '$1'),
			`${text}{}\n`,
		]) {
			expect(changed).not.toBe(text);
			expect(openListing(changed, digest).state).toBe('damaged');
		}
	});

	it('of a later version is no damaged one', () => {
		expect(openListing('{"version": 2}\n', digest).state).toBe('newer');
	});

	it('serves its own source, for a day', () => {
		const source = {title: 'acme', workspace: 'acme'};
		const now = Date.parse(at);
		const day = 86_400_000;
		const listing = listingOf([]);
		expect(refuseListing(listing, source, now + day)).toBeUndefined();
		expect(refuseListing(listing, source, now + day + 1)).toContain('by ann');
		expect(refuseListing(listing, source, now - day - 1)).toContain('serves for a day');
		expect(refuseListing(listing, {...source, workspace: 'other'}, now)).toContain('not of other');
		expect(refuseListing(listing, {...source, title: 'other'}, now)).toContain('not for other');
	});
});
