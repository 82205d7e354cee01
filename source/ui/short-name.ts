import {toPrintable} from '../domain/text/printable-text.ts';

/** `api` for `acme/api` where the workspace is clear from the place it is shown in. Printable. */
export const toShortRepository = (
	repository: string,
	{workspace}: {readonly workspace: string},
): string => {
	const prefix = `${workspace}/`;
	return toPrintable(repository.startsWith(prefix) ? repository.slice(prefix.length) : repository);
};
