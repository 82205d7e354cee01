import {FailureError} from '../../../domain/failure/failure.ts';
import type {Advertisement} from '../../../domain/plan/repository.ts';
import {findNestedRef, isLegalRef, isMirrored} from '../../../domain/record/ref-name.ts';

/** Stands for no object: the repository is empty, or the ref is broken upstream. */
export const zeroOid = /^0+$/;

/** Gathers the refs that a remote lists, one by one. Both methods throw for refs that git would not take. */
export const gatherRefs = (most = Number.POSITIVE_INFINITY) => {
	const refs = new Map<string, string>();
	const refused: string[] = [];
	return {
		/** Passes over the objects that tags lead to, and over what is no ref. */
		add: (name: string, oid: string): void => {
			if (name.endsWith('^{}') || !name.startsWith('refs/') || zeroOid.test(oid)) {
				return;
			}

			if (!isLegalRef(name) || refs.has(name)) {
				throw refuse(`the ref "${name}" is not one that git allows, or is there twice`);
			}

			if (isMirrored(name)) {
				refs.set(name, oid);
			} else {
				refused.push(name);
			}

			if (refs.size + refused.length > most) {
				throw refuse(`it has more than ${most} refs`);
			}
		},
		finish: (head: string | undefined): Advertisement => {
			const nested = findNestedRef(refs);
			if (nested !== undefined) {
				throw refuse(`the ref "${nested}" is below another one`);
			}

			return {refs, head, refused};
		},
	};
};

/** Asking in another way would not help. */
export const refuse = (detail: string): FailureError =>
	new FailureError({kind: 'answer-refused', detail});
