import {joinPath} from '../../domain/plan/layout.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import type {PartWork} from '../../parts/part.ts';
import {
	type AttemptOptions,
	attempt,
	type EarlierAttempts,
	mostAttempts,
} from '../retry/attempt.ts';
import type {Session} from '../session.ts';

/** The way to ask upstream for one repository among others. */
export type Turn = Pick<AttemptOptions, 'letsOthersPast' | 'earlier'> & {
	/** Milliseconds that upstream may be silent when its refs are asked for. */
	readonly maxSilence?: number;
};

/** It has all the time that a repository gets. */
export const patientTurn: Turn = {};

/**
 * Puts together everything that a part needs for one repository. Only saving tells the views about
 * progress, and about waiting for the host.
 */
export const openWork = (
	session: Session,
	repository: Repository,
	place: Pick<PartWork, 'saved' | 'folder' | 'isUnrecorded'> & {readonly isSaving: boolean},
	{letsOthersPast, earlier, maxSilence}: Turn,
): PartWork => {
	const {source, run, files, gitGate, publish, retryOptions, bitbucket} = session;
	let goesOn: EarlierAttempts | undefined = earlier;
	const about = {repository: fullName(repository)};
	const holding = {
		onHeld: () => publish({type: 'repository-held', ...about, host: bitbucket.gitHost}),
		onReleased: () => publish({type: 'repository-released', ...about}),
	};
	return {
		saved: place.saved,
		folder: place.folder,
		isUnrecorded: place.isUnrecorded,
		isStateless: session.keeper !== undefined,
		repository,
		workFolder: joinPath(session.workFolder, repository.uuid),
		run,
		git: session.git,
		files,
		bitbucket:
			maxSilence === undefined
				? bitbucket
				: {
						...bitbucket,
						readAdvertisement: (url, signal) =>
							bitbucket.readAdvertisement(url, signal, maxSilence),
					},
		clock: session.clock,
		digest: session.digest,
		settings: source.ofParts,
		signal: session.signal,
		retry: (act, attempts = mostAttempts) => {
			// The first request of a turn goes on where the last turn ended.
			const before = goesOn;
			goesOn = undefined;
			return attempt(act, {
				...retryOptions(repository),
				...(place.isSaving ? holding : {}),
				...(letsOthersPast && {letsOthersPast}),
				gate: gitGate,
				attempts,
				earlier: before,
			});
		},
		retryAt: (host, act) =>
			attempt(act, {
				...retryOptions(repository),
				...(place.isSaving ? holding : {}),
				gate: session.gateOf(host),
			}),
		onProgress:
			place.isSaving && run.isWatched
				? (progress) => publish({type: 'repository-progressed', ...about, progress})
				: undefined,
		onFallBack: (reason) => publish({type: 'repository-fell-back', ...about, reason}),
		onNotice: (text) => session.notice(`${about.repository}: ${text}`),
		assertLockHeld: session.assertLockHeld,
	};
};
