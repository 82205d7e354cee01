import type {Progress, Stage} from '../../../domain/run/events.ts';
import type {TransferOptions} from '../../../ports/git-transfers.ts';
import type {TransferLimits} from '../../network/transfer-limits.ts';

const stages: Readonly<Record<string, Stage>> = {
	Enumerating: 'counting',
	Counting: 'counting',
	Compressing: 'compressing',
	Receiving: 'receiving',
	Writing: 'sending',
	Resolving: 'resolving',
};

const units: Readonly<Record<string, number>> = {
	bytes: 1,
	KiB: 1024,
	MiB: 1024 ** 2,
	GiB: 1024 ** 3,
};

const linePattern = /^(?:remote: )?(\w+) (?:objects|deltas): +(\d+)% \(\d+\/\d+\)(.*)$/;
const amountPattern = /, ([\d.]+) (bytes|KiB|MiB|GiB)(?: \| ([\d.]+) (bytes|KiB|MiB|GiB)\/s)?/;

/** `14.20`, `MiB` to bytes. */
const toBytes = (amount: string, unit: string): number =>
	Math.round(Number(amount) * (units[unit] ?? 1));

/** Parses one line of git's progress; undefined for any other line. */
export const parseProgressLine = (line: string): Progress | undefined => {
	const [, word, percent, rest = ''] = linePattern.exec(line) ?? [];
	const stage = word === undefined ? undefined : stages[word];
	if (stage === undefined) {
		return undefined;
	}

	const [, amount, unit, rate, rateUnit] = amountPattern.exec(rest) ?? [];
	return {
		stage,
		percent: Number(percent),
		...(amount === undefined || unit === undefined ? {} : {bytes: toBytes(amount, unit)}),
		...(rate === undefined || rateUnit === undefined
			? {}
			: {bytesPerSecond: toBytes(rate, rateUnit)}),
	};
};

type Watcher = Pick<TransferOptions, 'onProgress'>;

/** The argument that makes git print its progress, when it is shown. */
export const progressArguments = ({onProgress}: Watcher): readonly string[] =>
	onProgress === undefined ? [] : ['--progress'];

/** Reads git's progress as it arrives in pieces, and passes on the latest line of each piece. */
export const createProgressReader = ({onProgress}: Watcher): ((text: string) => void) => {
	let rest = '';
	return (text) => {
		if (onProgress === undefined) {
			return;
		}

		const lines = (rest + text).split(/[\r\n]/);
		rest = lines.pop() ?? '';
		const latest = lines.map(parseProgressLine).findLast((progress) => progress !== undefined);
		if (latest !== undefined) {
			onProgress(latest);
		}
	};
};

export type TrickleWatch = {
	/** Takes a transfer's progress. */
	see(progress: Progress): void;
	/** The transfer is over. */
	stop(): void;
};

/** Stages before the last byte has come. Afterwards git may work for a long time in silence. */
const underWay: ReadonlySet<string> = new Set<Stage>(['counting', 'compressing', 'receiving']);

/** Calls `onTrickle` when a transfer that is under way has been too slow for too long. */
export const watchTrickle = (
	{minSpeed, maxTrickle}: TransferLimits,
	onTrickle: () => void,
): TrickleWatch => {
	const timer = setTimeout(onTrickle, maxTrickle * 1000);
	const stop = (): void => clearTimeout(timer);
	return {
		see: ({stage, percent, bytesPerSecond = 0}) => {
			if (!underWay.has(stage) || (stage === 'receiving' && percent === 100)) {
				stop();
			} else if (bytesPerSecond >= minSpeed) {
				timer.refresh();
			}
		},
		stop,
	};
};

export type SpeedWatch = {
	/** Takes the number of bytes that came. */
	count(bytes: number): void;
	/** The transfer is over. */
	stop(): void;
};

/** Calls `onTrickle` when so few bytes of a pack came for too long, none of them included. */
export const watchSpeed = (
	{minSpeed, maxTrickle}: TransferLimits,
	onTrickle: () => void,
): SpeedWatch => {
	const timer = setTimeout(onTrickle, maxTrickle * 1000);
	let since = performance.now();
	let sum = 0;
	return {
		count: (bytes) => {
			sum += bytes;
			const seconds = (performance.now() - since) / 1000;
			if (seconds >= 1) {
				if (sum / seconds >= minSpeed) {
					timer.refresh();
				}

				since = performance.now();
				sum = 0;
			}
		},
		stop: () => clearTimeout(timer),
	};
};
