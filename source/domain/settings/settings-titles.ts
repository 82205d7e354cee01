import {problemWith, type SourceDraft} from './settings-draft.ts';
import type {Report} from './settings-problem.ts';

/**
 * Two sources of one title would share a folder; so would two that differ only in case, on file
 * systems that do not tell it apart.
 */
export const reportTitles = (sources: readonly SourceDraft[], report: Report): void => {
	const seen = new Map<string, string>();
	for (const {title} of sources) {
		const earlier = title && seen.get(title.text.toLowerCase());
		if (title !== undefined && earlier !== undefined) {
			const message =
				earlier === title.text
					? `the title "${title.text}" is taken by an earlier source`
					: `the title "${title.text}" differs only in case from "${earlier}"`;
			report(problemWith(title, message, 'each names a folder, so give each its own'));
		}

		if (title !== undefined) {
			seen.set(title.text.toLowerCase(), title.text);
		}
	}
};
