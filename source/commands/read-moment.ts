import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {parsePointInTime} from '../domain/history/point-in-time.ts';

/** The moment that `--at` names, milliseconds since 1970. Throws a StopError for any other text. */
export const readMoment = (text: string | undefined, now: number): number | undefined => {
	const at = text === undefined ? undefined : parsePointInTime(text, now);
	if (text !== undefined && at === undefined) {
		throw new StopError(`"${text}" names no moment.`, {
			advice:
				'Write a day (2026-11-03, 3 Nov, yesterday), a time (2026-11-03T14:00:00Z, 3 Nov 14:00) or "3 days ago".',
			exitCode: exitCodes.usage,
		});
	}

	return at;
};
