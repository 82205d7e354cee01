import type {Progress, Stage} from '../../domain/run/events.ts';
import type {TransferOptions} from '../../ports/git.ts';

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

/** What one line of git's progress says, or undefined for any other line. */
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

/** Makes git tell how far it is, where somebody watches. */
export const progressWords = ({onProgress}: Watcher): readonly string[] =>
	onProgress === undefined ? [] : ['--progress'];

/** Reads git's progress as it arrives in pieces; `onProgress` is told the latest line of each. */
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
