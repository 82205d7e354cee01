import type {SavedRepository} from '../record/record.ts';
import type {Shrinkage} from '../run/events.ts';
import {fullName} from './repository.ts';

/** Up to so many may vanish between two listings without doubt being cast on the listing. */
const fewMissing = 2;
const suspiciousShare = 0.1;
const mostNamed = 20;

/**
 * Is a listing so much shorter than what was there before that it proves nothing? `before` are the
 * repositories in scope that were there at the last complete listing. A listing that lost more
 * than a tenth and more than two, or everything, may be a token that sees less or an outage.
 */
export const findShrinkage = (
	before: readonly SavedRepository[],
	listed: ReadonlySet<string>,
): Shrinkage | undefined => {
	const missing = before.filter(({record}) => !listed.has(record.uuid));
	const isEmpty = before.length > 0 && listed.size === 0;
	const isShort = missing.length > fewMissing && missing.length > before.length * suspiciousShare;
	return isEmpty || isShort
		? {
				expected: before.length,
				found: before.length - missing.length,
				missing: missing.slice(0, mostNamed).map(({record}) => fullName(record)),
				missingCount: missing.length,
				missingPrivate: missing.filter(({record}) => record.isPrivate).length,
			}
		: undefined;
};
