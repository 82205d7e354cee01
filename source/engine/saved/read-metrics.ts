import {formatMetrics} from '../../domain/status/metrics.ts';
import type {Files} from '../../ports/files.ts';
import {readChecks} from './checks.ts';
import type {SavedSource} from './find-repositories.ts';
import {readRuns} from './saved-state.ts';

/** The metrics of these sources as text, from their lists of runs and checks alone. */
export const readMetrics = async (
	files: Files,
	sources: readonly SavedSource[],
	version: string,
): Promise<string> => {
	const measured = await Promise.all(
		sources.map(async ({source, folder, tokenExpires}) => {
			const {lines: runs} = await readRuns(files, folder);
			const workspace = runs.findLast((line) => line.workspace !== undefined)?.workspace;
			return {source, workspace, runs, checks: await readChecks(files, folder), tokenExpires};
		}),
	);
	return formatMetrics(measured, version);
};
