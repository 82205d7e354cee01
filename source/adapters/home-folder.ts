import {homedir, userInfo} from 'node:os';
import {StopError} from '../domain/failure/failure.ts';

type Place = () => string;

/** What the environment says, and where that is empty, what the system knows of the user. */
const usualPlaces: readonly Place[] = [homedir, () => userInfo().homedir];

/**
 * Absolute path of the user's home folder. Throws a StopError where there is none, as for a user
 * id of a container that no user of its system has.
 */
export const findHome = (places: readonly Place[] = usualPlaces): string => {
	for (const read of places) {
		const home = tryTo(read);
		if (home !== '') {
			return home;
		}
	}

	throw new StopError('This user has no home folder, and HOME names none.', {
		advice: 'Set HOME to a folder that settings can be looked for in, such as HOME=/srv/cistern.',
	});
};

/** Node throws where the system has no entry for the user. */
const tryTo = (read: Place): string => {
	try {
		return read();
	} catch {
		return '';
	}
};
