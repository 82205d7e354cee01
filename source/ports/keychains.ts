import type {Keychain} from '../domain/answers/wizard-answers.ts';
import type {Secret} from '../domain/settings/settings.ts';

/** The token of the source with this title. */
export type KeychainSecret = {readonly title: string; readonly token: Secret};

/** Password managers and keychains of this machine. */
export interface Keychains {
	/** Those whose command is installed. */
	find(): Promise<readonly Keychain[]>;

	/** The shell line that will print the token, for `passwordCommand`. */
	commandFor(keychain: string, secret: KeychainSecret): string;

	/**
	 * Keeps a source's token, and tries once whether it comes back. Throws a StopError with what the
	 * keychain said.
	 */
	store(keychain: string, secret: KeychainSecret, signal: AbortSignal): Promise<void>;
}
