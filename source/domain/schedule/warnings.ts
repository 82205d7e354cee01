import type {TokenPlace} from '../answers/wizard-answers.ts';
import type {SchedulerKind} from './schedule.ts';

/** A Node or a Cistern in one of these is gone after its next update or clean-up. */
const passing: readonly {readonly folder: RegExp; readonly name: string}[] = [
	{folder: /[\\/]\.?nvm[\\/]/, name: 'nvm'},
	{folder: /[\\/](\.fnm|fnm|fnm_multishells)[\\/]/, name: 'fnm'},
	{folder: /[\\/]\.?volta[\\/]/i, name: 'Volta'},
	{folder: /[\\/]\.?asdf[\\/]/, name: 'asdf'},
	{folder: /[\\/]mise[\\/]/, name: 'mise'},
	{folder: /[\\/]\.nodenv[\\/]/, name: 'nodenv'},
	{folder: /[\\/]Cellar[\\/]/, name: 'Homebrew'},
	{folder: /[\\/]scoop[\\/]/, name: 'Scoop'},
	{folder: /[\\/]_npx[\\/]/, name: 'npx'},
];

/** Warns of paths that will not last. `program`: the words that start Cistern. */
export const warnOfProgram = (program: readonly string[]): readonly string[] => {
	const found = passing.find(({folder}) => program.some((word) => folder.test(word)));
	const path = program.find((word) => found?.folder.test(word));
	if (found === undefined || path === undefined) {
		return [];
	}

	return [
		found.name === 'npx'
			? `Cistern lies in the cache of npx (${path}), which npm may clear at any time. Install it ("npm install --global cistern"), and schedule it with that.`
			: `The schedule names ${path}. ${found.name} may remove that with its next update: then run "cistern schedule" with the same options again.`,
	];
};

/** Commands that ask a keyring or an agent which is open only after its user has signed in. */
const lockable = /^\s*(?:\S*\/)?(secret-tool|kwallet-query|keyring|pass|gopass|op|bw|security)\b/;

/** Warns of tokens that come from a keyring. */
export const warnOfKeyring = (
	scheduler: SchedulerKind,
	passwordCommands: readonly string[],
): readonly string[] => {
	const names = passwordCommands.flatMap((command) => lockable.exec(command)?.[1] ?? []);
	// An agent of launchd runs while its user is signed in, and the keychain is open then.
	const [name] = names.filter((one) => scheduler !== 'launchd' || one !== 'security');
	return name === undefined
		? []
		: [
				`The token comes from ${name}, which may be locked at night. A file of its own that only you can read (passwordFile) is always there.`,
			];
};

/** Warns of a token that a scheduled run may not get, by the place that the user has chosen. */
export const warnOfToken = (
	scheduler: SchedulerKind,
	place: TokenPlace | undefined,
): readonly string[] => {
	switch (place?.kind) {
		case 'keychain':
			return warnOfKeyring(scheduler, [place.command]);
		case 'environment':
			return [
				`A scheduler does not know ${place.variable}. Put the line ${place.variable}=... into a file called environment beside the settings.`,
			];
		default:
			return [];
	}
};

/** Warns of files that cannot be read before the user has signed in once. */
export const warnOfEncryptedHome = (isEncrypted: boolean): readonly string[] =>
	isEncrypted
		? [
				'Your home folder is encrypted: after a restart, nothing runs until you have signed in. If settings and backup lie outside of it, "sudo cistern schedule --system" works without.',
			]
		: [];

/** File systems that are opened by signing in (mount(8), the third field of /proc/self/mounts). */
const encrypting = /^(ecryptfs|fuse\.(gocryptfs|encfs|cryfs|securefs))$/;

/** Is a folder on a file system that is opened by signing in? `mounts`: the text of /proc/self/mounts. */
export const isOnEncryptedMount = (folder: string, mounts: string): boolean => {
	const [longest] = mounts
		.split('\n')
		.map((line) => line.split(' '))
		.map(([, place = '', kind = '']) => ({place: place.replaceAll('\\040', ' '), kind}))
		.filter(({place}) => place === '/' || folder === place || folder.startsWith(`${place}/`))
		.toSorted((one, other) => other.place.length - one.place.length);
	return encrypting.test(longest?.kind ?? '');
};

/** Does `lsattr -d` show a folder that fscrypt encrypts? */
export const isMarkedEncrypted = (attributes: string): boolean =>
	/^[a-zA-Z-]*E[a-zA-Z-]*\s/.test(attributes);
