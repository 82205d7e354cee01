import {FailureError} from '../../domain/failure/failure.ts';
import type {JsonObject} from '../../domain/json.ts';
import type {MetadataDenied, MetadataRead, MetadataRequest} from '../../ports/metadata.ts';
import type {MetadataReader} from './reader.ts';

/** An answer with all its pages in one. */
export type WholeAnswer = Pick<MetadataRead, 'state' | 'values' | 'isList'> | MetadataDenied;

/** No list of settings is this long. It stops a server whose list never ends. */
const mostPages = 500;

/**
 * Reads all pages of a list, or a single object. Throws `unexpected-answer` for a list without an end
 * or with fewer items than Bitbucket counts, and for an empty object: none may replace what is saved.
 */
export const readWhole = async (
	{ask}: MetadataReader,
	request: MetadataRequest,
): Promise<WholeAnswer> => {
	const values: JsonObject[] = [];
	let page: string | undefined;
	for (let pages = 0; pages < mostPages; pages += 1) {
		const answer = await ask({...request, page});
		if (answer.state !== 'read') {
			return answer;
		}

		values.push(...answer.values);
		page = answer.next;
		if (page === undefined) {
			const {isList, size = 0} = answer;
			if (values.length < size || (!isList && values.every(isEmpty))) {
				throw unexpected(`${values.length} of ${size} items came`);
			}

			return {state: 'read', isList, values};
		}
	}

	throw unexpected(`the list has more than ${mostPages} pages`);
};

const isEmpty = (value: JsonObject): boolean => Object.keys(value).length === 0;

const unexpected = (detail: string): FailureError =>
	new FailureError({kind: 'unexpected-answer', detail});
