import type {RefChange} from '../run/outcome.ts';

/** What one entry says happened: to branches and tags, and to the default branch's name. */
export type RecordedMoves = {
	readonly changes: readonly RefChange[];
	/** Full names; undefined where the default branch is the one that it was. */
	readonly head: {readonly from: string | undefined; readonly to: string | undefined} | undefined;
};

/**
 * Below a first line for people: `<kind> <old|-> <new|-> <ref>` for each change, and
 * `HEAD <old|-> <new|->` where the default branch is another.
 */
export const formatMessage = ({changes, head}: RecordedMoves): string => {
	const lines = changes.map(
		({kind, ref, from, to}) => `${kind} ${from ?? '-'} ${to ?? '-'} ${ref}`,
	);
	const count = changes.length === 1 ? '1 ref changed' : `${changes.length} refs changed`;
	const [subject, ...headLines] =
		head === undefined
			? [count]
			: [`${count}, another default branch`, `HEAD ${head.from ?? '-'} ${head.to ?? '-'}`];
	return `${[subject, '', ...headLines, ...lines].join('\n')}\n`;
};

const changeLine =
	/^(created|forwarded|rewritten|moved|deleted) (-|[0-9a-f]{40,64}) (-|[0-9a-f]{40,64}) (refs\/.+)$/;
const headLine = /^HEAD (-|refs\/\S+) (-|refs\/\S+)$/;

/** Reads what `formatMessage` wrote. */
export const parseMessage = (message: string): RecordedMoves => {
	const lines = message.split('\n');
	const [, before, after] = lines.map((line) => headLine.exec(line)).find(Boolean) ?? [];
	return {
		head: after === undefined ? undefined : {from: orNothing(before), to: orNothing(after)},
		changes: lines.flatMap((line) => {
			const [, kind, from, to, ref] = changeLine.exec(line) ?? [];
			return ref === undefined
				? []
				: [{kind: kind as RefChange['kind'], ref, from: orNothing(from), to: orNothing(to)}];
		}),
	};
};

const orNothing = (text: string | undefined): string | undefined =>
	text === '-' ? undefined : text;
