import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	type Listing,
	linesOfListing,
	type ReadListing,
	refuseListing,
	startListing,
} from '../../../source/domain/plan/listing.ts';
import type {Repository} from '../../../source/domain/plan/repository.ts';

const formatListing = (listing: Listing): string =>
	[...linesOfListing(listing, createHash('sha256'))].join('');

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

const read = (text: string, isOwn: (uuid: string) => boolean = () => true): ReadListing => {
	const reader = startListing(createHash('sha256'), isOwn);
	for (const line of text.replace(/\n$/, '').split('\n')) {
		reader.take(line);
	}

	return reader.end();
};

describe('a listing', () => {
	it('is read as it was written, and of the repositories of others only the names', () => {
		const repositories = fc.uniqueArray(anyRepository, {
			selector: ({uuid}) => uuid,
			maxLength: 250,
		});
		fc.assert(
			fc.property(repositories, (all) => {
				const {repositories: _, ...head} = listingOf(all);
				const isOwn = (uuid: string): boolean => uuid < '8';
				const found = read(formatListing(listingOf(all)), isOwn);
				expect(found).toEqual({
					state: 'read',
					listing: {
						...JSON.parse(JSON.stringify(head)),
						version: 1,
						count: all.length,
						repositories: all.filter(({uuid}) => isOwn(uuid)),
						others: expect.anything(),
					},
				});
				expect(found.state === 'read' && [...found.listing.others]).toEqual(
					all.filter(({uuid}) => !isOwn(uuid)).map(({uuid, slug}) => [uuid, slug]),
				);
			}),
		);
	});

	it('that was cut short or changed is refused', () => {
		const repositories = fc.sample(anyRepository, {numRuns: 3, seed: 1});
		const text = formatListing(listingOf(repositories));
		for (let length = 0; length < text.length - 1; length += 1) {
			expect(read(text.slice(0, length)).state).toBe('damaged');
		}

		for (const changed of [
			text.replace('"ann"', '"bob"'),
			text.replace(/"size":\d+/, '"size":1'),
			text.replace(/^(.*\n).*\n/, '$1'),
			`${text}{}\n`,
		]) {
			expect(changed).not.toBe(text);
			expect(read(changed).state).toBe('damaged');
		}
	});

	it('of a later version is no damaged one', () => {
		expect(read('{"version": 2}\n').state).toBe('newer');
	});

	it('serves its own source, for a day', () => {
		const source = {title: 'acme', workspace: 'acme'};
		const now = Date.parse(at);
		const day = 86_400_000;
		const listing = listingOf([]);
		expect(refuseListing(listing, source, now + day)).toBeUndefined();
		expect(refuseListing(listing, source, now + day + 1)).toContain('by ann');
		expect(refuseListing(listing, source, now - day - 1)).toContain('of this computer');
		expect(refuseListing(listing, {...source, workspace: 'other'}, now)).toContain('not of other');
		expect(refuseListing(listing, {...source, title: 'other'}, now)).toContain('not for other');
	});
});
