import {type Form, fits, is} from '../json.ts';

/** How far the results of builds are saved, and the comments on the newest commit. */
export type TipsState = {
	/** Of the code's refs when the tip of the default branch was last looked at. */
	readonly refs: string;
	/** That tip. */
	readonly main?: string | undefined;
	/** Did one of its builds still run? */
	readonly isRunning?: boolean | undefined;
	/** Open pull requests whose builds are to be asked for. */
	readonly left: readonly number[];
};

const form: Form = {
	refs: is.text,
	main: is.optional(is.text),
	isRunning: is.optional(is.flag),
	left: is.listOf(is.number),
};

export const isTipsState = (json: unknown): json is TipsState => fits(json, form);

/** `refs`: the digest of the code's refs now. */
export const areTipsDue = (state: TipsState | undefined, refs: string | undefined): boolean =>
	state === undefined || state.refs !== refs || state.isRunning === true || state.left.length > 0;

/** Two requests for the newest commit, and one for each open pull request. */
export const estimateTips = (state: TipsState | undefined, open: number): number =>
	state === undefined ? 2 + open : state.left.length;
