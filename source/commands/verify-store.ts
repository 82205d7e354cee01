import type {VerifyInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes, worstExitCode} from '../domain/failure/exit-code.ts';
import {workspaceFolder} from '../domain/plan/layout.ts';
import {isFetchedWhole, isStoredWhole} from '../domain/store/outcome.ts';
import {verifyStore} from '../engine/store/verify-store.ts';
import type {World} from '../ports/world.ts';
import {formatJsonLine} from '../ui/json/json.ts';
import {formatStoreVerdict} from '../ui/store.ts';
import {openStoreFor, readSources} from './open-store.ts';
import {drawSample} from './prove-more.ts';
import {verify} from './verify.ts';
import {withFetched} from './with-fetched.ts';

/** `cistern verify --store T`. */
export type StoreVerify = VerifyInvocation & {
	readonly store: NonNullable<VerifyInvocation['store']>;
};

/**
 * Is everything in a store that its index leads to? `--sample` and `--deep` also bring repositories
 * back to a temporary folder and verify them there, object by object.
 */
export const verifyInStore = async (
	world: World,
	invocation: StoreVerify,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {options, store, sample, repositories} = invocation;
	const fetching = await openStoreFor(world, {options, from: store, to: ''}, signal);
	const sources = await readSources(fetching, options);
	const codes: ExitCode[] = [];
	for (const source of sources) {
		const verdict = await verifyStore(fetching, source, repositories);
		world.terminal.writeOut(
			options.json
				? formatJsonLine({type: 'store-verified', ...verdict})
				: formatStoreVerdict(verdict),
		);
		codes.push(isStoredWhole(verdict) ? exitCodes.done : exitCodes.incomplete);
	}

	if (store.deep || sample > 0) {
		const names = sources
			.flatMap(({repos}) => Object.values(repos))
			.flatMap(({folder, name}) => (folder === workspaceFolder ? [] : [name]));
		const wanted = store.deep ? repositories : drawSample(names, sample, world.clock);
		codes.push(
			await withFetched(
				world,
				{options, from: store, repositories: wanted, isWhole: isFetchedWhole},
				signal,
				(folder, failed) =>
					verify(
						world,
						{
							...invocation,
							from: folder,
							// A folder with a sample lacks what concerns all, such as the list of runs.
							repositories: store.deep ? [] : wanted.filter((name) => !failed.has(name)),
							sample: 0,
						},
						signal,
					),
			),
		);
	}

	return worstExitCode(codes);
};
