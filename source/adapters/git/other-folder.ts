import {access} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';

/** git would take configuration, hooks, refs and objects from wherever this file leads. */
export const refuseOtherFolder = async (mirror: string): Promise<void> => {
	const isThere = await access(join(mirror, 'commondir')).then(
		() => true,
		() => false,
	);
	if (isThere) {
		const detail = 'all that it holds lies in another folder (commondir)';
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
	}
};
