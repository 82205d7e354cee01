import {joinPath, ownFolder, workFolder} from '../../domain/plan/layout.ts';
import {holdFolder} from '../lock.ts';
import {claimOf, endInTime, type Session} from '../session.ts';
import {type StoresSent, sendToStores} from './off-site.ts';

/**
 * Sends a source outside of a backup, as the only run in its folder. Throws a `FailureError` where
 * another run holds it.
 */
export const sendHeld = async (session: Session): Promise<StoresSent> => {
	const {files, folder, clock, signal, run} = session;
	const lock = await holdFolder(claimOf(session), run.waitsForLock);
	const {endProcesses} = run.world;
	try {
		return await endInTime({clock, signal, run: run.name, endProcesses}, () =>
			sendToStores(session),
		);
	} finally {
		if (signal.aborted) {
			await endProcesses(run.name);
		}

		await files.remove(joinPath(folder, ownFolder, workFolder, run.name));
		await lock.release();
	}
};
