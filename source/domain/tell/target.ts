import type {SecretWay} from '../settings/secret.ts';
import type {SettingPath} from '../settings/settings-problem.ts';
import type {Environment} from '../settings/variables.ts';

/** When a target is told. */
export type When = 'always' | 'news' | 'problems';

/** The kinds of entries of `tell`. */
export const tellKinds = [
	'ping',
	'ntfy',
	'slack',
	'teams',
	'discord',
	'webhook',
	'command',
] as const;

export type TargetKind = (typeof tellKinds)[number] | 'email';

/** Silence must not pass for success, so these hear of every run (SCM Backup's mails do so too). */
export const usualWhen = (kind: TargetKind): When =>
	kind === 'ping' || kind === 'webhook' || kind === 'email' ? 'always' : 'problems';

/** A target as the settings give it; its secrets are not read yet. */
export type TargetDraft = {
	readonly path: SettingPath;
	/** As it is called in messages about it: `slack`, `slack 2`. */
	readonly name: string;
	readonly when: When;
	/** Are repositories, branches and workspaces named to it? */
	readonly names: boolean;
	readonly way: WayDraft;
};

/** Its secrets, by their keys. */
export type WayDraft = {
	readonly secrets: Readonly<Record<string, SecretWay>>;
} & (
	| {readonly kind: Exclude<TargetKind, 'command' | 'email'>}
	| {readonly kind: 'command'; readonly line: string}
	| ({readonly kind: 'email'} & MailRoute)
);

export type MailRoute = {
	readonly from: string;
	readonly to: readonly string[];
	readonly server: string;
	readonly port: number;
	/** `first`: from the first byte. `needed`: STARTTLS or nothing. `offered`: where it is offered. */
	readonly tls: 'first' | 'needed' | 'offered';
	readonly userName: string | undefined;
};

/** A target with its secrets, as it is sent to. They are never shown. */
export type Target = Omit<TargetDraft, 'way' | 'path'> & {
	readonly way: WayDraft;
	/** By their keys in the settings. */
	readonly reveal: (key: string) => string | undefined;
	/** An environment without the variables that hold a secret of the settings. */
	readonly withoutSecrets: (environment: Environment) => Environment;
};
