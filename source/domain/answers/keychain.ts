/** A password manager or keychain that is installed. */
export type Keychain = {
	/** Its command: `secret-tool`. */
	readonly command: string;
	/** What people call it: `GNOME Keyring or KWallet`. */
	readonly name: string;
};
