import type {SourceType} from '../settings/settings.ts';

/**
 * A personal workspace has its owner's user name as its id (SCM Backup's documentation,
 * "Bitbucket"), so one that is called like the person at the keyboard probably is personal.
 */
export const likelyType = (
	workspace: string,
	names: readonly (string | undefined)[],
): SourceType =>
	names.some((name) => name !== undefined && localPart(name) === workspace.toLowerCase())
		? 'user'
		: 'org';

const localPart = (name: string): string => (name.split('@')[0] ?? '').toLowerCase();
