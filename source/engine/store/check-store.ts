import type {AccessLine} from '../../domain/access/access.ts';
import {type ExitCode, exitCodes} from '../../domain/failure/exit-code.ts';
import {failureOf} from '../../domain/failure/failure.ts';
import {describeFailure, exitCodeOf} from '../../domain/failure/failure-table.ts';
import type {StoreSettings} from '../../domain/settings/settings.ts';
import {formatCount} from '../../domain/text/format.ts';
import type {ProbeResult, SealedStore} from '../../ports/store.ts';
import {readIndexes, type StoreReading} from './read-store.ts';

type StoreCheck = {
	readonly store: SealedStore;
	readonly settings: StoreSettings;
	/** With the secret key that is to be tried. */
	readonly reading: StoreReading | undefined;
	readonly signal: AbortSignal;
	readonly onLine: (line: AccessLine) => void;
};

/**
 * Tries what a store does and what its keys may do: many stores say yes and do nothing. A risk is
 * named, and is no failure.
 */
export const checkStore = async (check: StoreCheck): Promise<ExitCode> => {
	const steps = [trySeal, tryStore, tryIdentity];
	for (const step of steps) {
		try {
			for (const line of await step(check)) {
				check.onLine(line);
			}
		} catch (error) {
			const failure = failureOf(error);
			const {what, advice} = describeFailure(failure);
			check.onLine({...lineOf('store', 'failed', what), consequence: advice});
			return exitCodeOf(failure);
		}
	}

	return exitCodes.done;
};

const lineOf = (label: string, state: AccessLine['state'], text: string): AccessLine => ({
	id: label,
	label,
	state,
	text,
	consequence: undefined,
});

const trySeal = async ({store, settings}: StoreCheck): Promise<readonly AccessLine[]> => {
	const {recipients} = settings;
	if (recipients === 'none') {
		const text = 'none: everyone who sees this store can read all of it';
		return [lineOf('seal', 'attention', text)];
	}

	await store.sealText('');
	const text = `for ${formatCount(recipients.length, 'public key')}`;
	return recipients.length > 1
		? [lineOf('seal', 'ok', text)]
		: [
				{
					...lineOf('seal', 'attention', text),
					consequence:
						'If its secret key is lost, nothing comes back. Name the key of a second person too: cistern key makes a pair.',
				},
			];
};

const labels: Readonly<Record<ProbeResult['tried'], string>> = {
	write: 'writing',
	condition: 'taken names',
	overwrite: 'overwriting',
	versions: 'versions',
	retention: 'lock',
	read: 'reading',
	delete: 'deletion',
};

const states = {good: 'ok', risk: 'attention', failed: 'failed', unknown: 'attention'} as const;

const tryStore = async ({store, signal}: StoreCheck): Promise<readonly AccessLine[]> =>
	(await store.probe(signal)).map(({tried, result, detail}) =>
		lineOf(labels[tried], states[result], detail),
	);

const tryIdentity = async ({reading}: StoreCheck): Promise<readonly AccessLine[]> => {
	if (reading === undefined) {
		return [];
	}

	const sources = await readIndexes(reading);
	return [
		sources.size === 0
			? lineOf('secret key', 'attention', 'nothing was sent yet that it could open')
			: lineOf('secret key', 'ok', `it opens the newest index: ${[...sources.keys()].join(', ')}`),
	];
};
