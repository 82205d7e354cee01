import type {Advertisement} from '../../domain/plan/repository.ts';
import type {RestoredState} from './restoring.ts';
import type {TransferOptions} from './transfers.ts';

/** How the user's own git is let work. */
export type AsUser = {
	readonly signal: AbortSignal;
	/** May it ask for a password in the terminal? */
	readonly mayAsk: boolean;
};

export type PushOptions = AsUser & TransferOptions;

/** Any remote of the user's, with the user's own configuration and credentials. `mirror` is the absolute path of a bare repository. */
export interface GitRemotes {
	/**
	 * All refs of any remote, asked with the user's own configuration and credentials, none of ours.
	 * Throws `remote-unusable` with what git said, and `remote-sign-in` where it may not ask.
	 */
	listRemote(url: string, options: AsUser): Promise<Advertisement>;

	/**
	 * Creates these branches and tags in a remote, in the same manner, the default branch first; none
	 * of them moves one that is there, and nothing of Cistern's is pushed. Throws `push-incomplete`
	 * for what the remote did not take, `remote-unusable` where it took nothing.
	 */
	push(
		mirror: string,
		url: string,
		state: Pick<RestoredState, 'head' | 'refs'>,
		options: PushOptions,
	): Promise<void>;
}
