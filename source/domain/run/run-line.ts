/** One line of `runs.jsonl`: what a run made of a source. */
export type RunLine = {
	readonly v: 1;
	readonly run: string;
	/** When it began, RFC 3339. */
	readonly at: string;
	/** Milliseconds. */
	readonly duration: number;
	readonly exitCode: number;
	/** All of the source's scope is saved as it was upstream. */
	readonly complete: boolean;
	/** Only a part was asked for, so it proves nothing about the rest. */
	readonly partial: boolean;
	/** Was every repository in scope looked at? */
	readonly listed: boolean;
	readonly inScope: number;
	readonly unchanged: number;
	readonly updated: number;
	readonly new: number;
	readonly failed: readonly {readonly repository: string; readonly reason: string}[];
	/** Not finished when the run ended; full names. */
	readonly leftOut: readonly string[];
	/** Missing from the listing without being believed gone; full names. */
	readonly missing: readonly string[];
	readonly gone: readonly string[];
	readonly lfs: readonly string[];
	/** Of these not all could be rescued that a damaged copy had kept. */
	readonly lost?: readonly string[];
	readonly problem?: string;
};

export const formatRunLine = (line: RunLine): string => JSON.stringify(line);

/** The lines that can be read, oldest first; one that a kill cut short is passed over. */
export const parseRunLines = (text: string): readonly RunLine[] =>
	text.split('\n').flatMap((line) => {
		try {
			const value: unknown = JSON.parse(line);
			return isRunLine(value) ? [value] : [];
		} catch {
			return [];
		}
	});

const isRunLine = (value: unknown): value is RunLine =>
	typeof value === 'object' &&
	value !== null &&
	'v' in value &&
	value.v === 1 &&
	'at' in value &&
	typeof value.at === 'string' &&
	'complete' in value &&
	typeof value.complete === 'boolean' &&
	'failed' in value &&
	Array.isArray(value.failed) &&
	'leftOut' in value &&
	Array.isArray(value.leftOut);

export const lastComplete = (lines: readonly RunLine[]): string | undefined =>
	lines.findLast(({complete}) => complete)?.at;

/**
 * When a repository that is saved was last known to be as it was upstream: when a run found it so,
 * or when its content last changed here, which a run of a part may have done.
 */
export const lastGood = (
	lines: readonly RunLine[],
	repository: string,
	changedAt: string,
): string => {
	const found = lines.findLast(
		(line) =>
			line.listed &&
			!line.partial &&
			!line.leftOut.includes(repository) &&
			!line.failed.some((failed) => failed.repository === repository),
	);
	return found !== undefined && found.at > changedAt ? found.at : changedAt;
};
