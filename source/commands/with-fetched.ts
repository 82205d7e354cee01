import type {CommonOptions, FromStore} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes, worstExitCode} from '../domain/failure/exit-code.ts';
import {isCalled} from '../domain/record/name-match.ts';
import type {FetchEnd} from '../domain/store/outcome.ts';
import type {World} from '../ports/world.ts';
import {formatLacking} from '../ui/store.ts';
import {fetchTo} from './fetch.ts';
import {withTemporaryFolder} from './temporary-folder.ts';

/**
 * Fetches repositories out of a store to a temporary folder, acts on it as on any backup folder, and
 * removes it. Says which could not be fetched; `act` gets their full names, and those of all that came. `isWhole`: did everything
 * that is wanted come back? An earlier state may be one that is lost. Does not act where all that are
 * named failed.
 */
export const withFetched = async (
	world: World,
	{
		options,
		from,
		repositories,
		at,
		only,
		isWhole = ({failed, lost, unread}) =>
			failed.size + unread.length === 0 && (at === undefined || lost.length === 0),
	}: {
		readonly options: CommonOptions;
		readonly from: FromStore;
		readonly repositories: readonly string[];
		/** A moment as a user names it. */
		readonly at?: string | undefined;
		/** The name of the one part that is wanted. */
		readonly only?: string;
		readonly isWhole?: (end: FetchEnd) => boolean;
	},
	signal: AbortSignal,
	act: (
		folder: string,
		failed: ReadonlySet<string>,
		came: ReadonlySet<string>,
	) => Promise<ExitCode>,
): Promise<ExitCode> =>
	withTemporaryFolder(world, async (folder) => {
		const came = new Set<string>();
		const onFetched = (name: string): void => {
			// The folder of the workspace itself is no repository.
			if (name.includes('/')) {
				came.add(name);
			}
		};
		const wanted = {options, from, repositories, folder, at, only, onFetched};
		const ends = await fetchTo(world, wanted, signal);
		const lacking = ends.filter((end) => !isWhole(end));
		const exitCode = lacking.length > 0 ? exitCodes.incomplete : exitCodes.done;
		const failed = new Set(ends.flatMap((end) => [...end.failed.keys()]));
		try {
			return repositories.length > 0 && repositories.every((name) => isLost(name, failed, came))
				? exitCode
				: worstExitCode([exitCode, await act(folder, failed, came)]);
		} finally {
			// At the end, or the summary of all that came back would be taken for everything.
			for (const end of lacking) {
				world.terminal.writeError(formatLacking(end));
			}
		}
	});

/** Does a name or a glob mean only repositories that did not come back? */
export const isLost = (
	name: string,
	failed: ReadonlySet<string>,
	came: ReadonlySet<string>,
): boolean => isOneOf(failed, name) && !isOneOf(came, name);

const isOneOf = (fullNames: ReadonlySet<string>, name: string): boolean =>
	[...fullNames].some((one) => isCalled(one.replace('/', '#'), name));
