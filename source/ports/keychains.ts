import type {Keychain} from '../domain/answers/wizard-answers.ts';
import type {Secret} from '../domain/settings/settings.ts';

/** The token of the source with this title. */
export type KeychainSecret = {readonly title: string; readonly token: Secret};

/** Password managers and keychains of this machine. */
export interface Keychains {
	/** The keychains whose command is installed. */
	find(): Promise<readonly Keychain[]>;

	/** The shell line that will print the token, for `passwordCommand`. */
	commandFor(keychain: string, secret: KeychainSecret): string;

	/**
	 * Stores a source's token, and reads it back once. Throws a StopError with the keychain's
	 * complaint.
	 */
	store(keychain: string, secret: KeychainSecret, signal: AbortSignal): Promise<void>;
}
