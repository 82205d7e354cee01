import {type Checked, is} from '../json.ts';

/** How far the results of builds are saved, and the comments on the newest commit. */
export type TipsState = Checked<typeof isTipsState>;

export const isTipsState = is.objectOf({
	/** Of the code's refs when the tip of the default branch was last looked at. */
	refs: is.text,
	/** That tip. */
	main: is.optional(is.text),
	/** Did one of its builds still run? */
	isRunning: is.optional(is.flag),
	/** Open pull requests whose builds are to be asked for. */
	left: is.listOf(is.number),
});

/** `refs`: the digest of the code's refs now. */
export const areTipsDue = (state: TipsState | undefined, refs: string | undefined): boolean =>
	state === undefined || state.refs !== refs || state.isRunning === true || state.left.length > 0;

/** Two requests for the newest commit, and one for each open pull request. */
export const estimateTips = (state: TipsState | undefined, open: number): number =>
	state === undefined ? 2 + open : state.left.length;
