import type {Failure} from '../domain/failure/failure.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import type {Listing} from '../domain/plan/listing.ts';
import {isInScope, type Scope} from '../domain/plan/name-filter.ts';
import {fullName} from '../domain/plan/repository.ts';
import {formatCount} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {formatJsonLine} from './json/json.ts';

/** The full names of all repositories in scope, and everything else that is to be said. */
export const formatListed = (
	scope: Scope,
	{source, repositories, unreadable}: Listing,
): {readonly names: string; readonly remarks: string} => {
	const inScope = repositories.filter(({slug}) => isInScope(slug, scope));
	const leftOut = repositories.length - inScope.length;
	const count = formatCount(inScope.length, 'repository', 'repositories');
	const rest = leftOut === 0 ? '' : `; the settings leave out ${leftOut} more`;
	const title = toPrintable(source);
	return {
		names: inScope.map((one) => `${toPrintable(fullName(one))}\n`).join(''),
		remarks: [
			`${title}: ${count} in scope${rest}.`,
			...unreadable.map(
				({page, place, detail}) =>
					`${title}: entry ${place} on page ${page} of the listing cannot be used: ${toPrintable(detail)}.`,
			),
			'',
		].join('\n'),
	};
};

/** `place`: in words. */
export const formatWritten = ({source, repositories}: Listing, place: string): string => {
	const count = formatCount(repositories.length, 'repository', 'repositories');
	return `${toPrintable(source)}: the listing of ${count} is in ${toPrintable(place)}. It serves for a day.\n`;
};

export const formatUnlisted = (source: string, failure: Failure): string => {
	const {what, advice} = describeFailure(failure);
	return `${toPrintable(source)} could not be listed: ${what}.\n${advice}\n`;
};

export const formatUnwritten = (source: string, failure: Failure): string => {
	const {what, advice} = describeFailure(failure);
	return `The listing of ${toPrintable(source)} could not be written: ${what}.\n${advice}\n`;
};

/** A line for each repository in scope, unless the listing was written to a `place`, and its end. */
export const formatListedJson = (
	scope: Scope & {readonly title: string},
	{workspace, at, repositories, unreadable}: Listing,
	place?: string,
): string => {
	const source = scope.title;
	const inScope = repositories.filter(({slug}) => isInScope(slug, scope));
	const lines = place === undefined ? inScope : [];
	return [
		...lines.map((one) =>
			formatJsonLine({
				type: 'listed',
				source,
				repository: fullName(one),
				uuid: one.uuid,
				isPrivate: one.isPrivate,
				size: one.size,
			}),
		),
		formatJsonLine({
			type: 'listing',
			source,
			workspace,
			at,
			repositories: repositories.length,
			inScope: inScope.length,
			unreadable,
			place,
		}),
	].join('');
};
