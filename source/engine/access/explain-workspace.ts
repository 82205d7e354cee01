import type {Finding} from '../../domain/access/access.ts';
import type {Failure} from '../../domain/failure/failure.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {missing, refused, unreachable} from './access-check.ts';

export const workspacePlace = {id: 'workspace', label: 'Workspace'};

/** Bitbucket then answers that the workspace is not there, or not this account's. */
export const isElsewhere = ({kind}: Failure): boolean =>
	kind === 'not-found' || kind === 'forbidden' || kind === 'gone';

/** Why the workspace or its list was not given. `own`: workspaces that the token belongs to. */
export const explainWorkspace = (
	{workspace, credential}: Source,
	failure: Failure,
	own: readonly string[],
): Finding => {
	const yours = own.length > 0 ? ` Yours are: ${own.slice(0, 8).join(', ')}.` : '';
	const isGuest = credential.kind === 'none';
	switch (failure.kind) {
		case 'not-found':
			return explainMissing(workspace, isGuest, yours);
		case 'gone':
			return missing(
				workspacePlace,
				['workspace'],
				`${workspace}: Bitbucket has closed this workspace`,
				`Bitbucket's support can say why.${yours}`,
			);
		case 'forbidden':
			return refused(
				workspacePlace,
				['workspace', 'token'],
				`${workspace}: this account is not a member, or the token is for another workspace`,
				`Ask an administrator of the workspace to invite you.${yours}`,
			);
		case 'permission-missing':
			return refused(
				workspacePlace,
				['token'],
				`${workspace}: its repositories may not be listed`,
				'The scope that it takes is missing, as the next lines say.',
			);
		case 'credentials-refused':
			return refused(
				workspacePlace,
				['token'],
				`${workspace}: ${isGuest ? 'private' : 'the token was refused'}`,
				isGuest ? 'Nothing of it is visible without a token.' : 'Was it revoked just now?',
			);
		default:
			return unreachable(workspacePlace, failure);
	}
};

/** To guests Bitbucket hides a private workspace like one that does not exist. */
const explainMissing = (workspace: string, isGuest: boolean, yours: string): Finding =>
	missing(
		workspacePlace,
		isGuest ? ['workspace', 'token'] : ['workspace'],
		isGuest ? `${workspace}: not there, or private` : `${workspace}: there is no such workspace`,
		`The id is the part of a repository's address right behind bitbucket.org/.${yours}`,
	);
