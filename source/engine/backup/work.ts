import {joinPath} from '../../domain/plan/layout.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import type {PartWork} from '../../parts/part.ts';
import {assertLockHeld} from '../lock.ts';
import {attempt, mostAttempts} from '../retry/attempt.ts';
import type {Session} from '../session.ts';

/**
 * Puts together everything that a part needs for one repository. Only saving tells the views about
 * progress, and about waiting for the host.
 */
export const openWork = (
	session: Session,
	repository: Repository,
	place: Pick<PartWork, 'saved' | 'folder' | 'isUnrecorded'> & {readonly isSaving: boolean},
): PartWork => {
	const {source, run, files, gitGate, publish, retryOptions} = session;
	const about = {source: source.title, repository: fullName(repository)};
	const holding = {
		onHeld: () => publish({type: 'repository-held', ...about, host: gitGate.host}),
		onReleased: () => publish({type: 'repository-released', ...about}),
	};
	return {
		saved: place.saved,
		folder: place.folder,
		isUnrecorded: place.isUnrecorded,
		repository,
		workFolder: joinPath(session.workFolder, repository.uuid),
		run,
		git: session.git,
		files,
		bitbucket: session.bitbucket,
		clock: session.clock,
		digest: session.digest,
		signal: session.signal,
		retry: (act, attempts = mostAttempts) =>
			attempt(act, {
				...retryOptions(repository),
				...(place.isSaving ? holding : {}),
				gate: gitGate,
				attempts,
			}),
		onProgress:
			place.isSaving && run.isWatched
				? (progress) => publish({type: 'repository-progressed', ...about, progress})
				: undefined,
		assertLockHeld: () => assertLockHeld(files, session.folder, run),
	};
};
