import {shortRef} from '../../domain/record/ref-name.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';

/** Branches by their name alone, as git does; tags say so. Printable. */
export const formatRef = (ref: string): string => {
	const name = toPrintable(shortRef(ref));
	return ref.startsWith('refs/tags/') ? `${name} (tag)` : name;
};
