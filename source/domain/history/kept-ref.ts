import {readCompactTime} from '../text/format.ts';
import {keptPrefix} from './history.ts';

/** A ref below `refs/cistern/kept/` taken apart. */
export type KeptRef = {
	/** What upstream called it: `refs/heads/x`. */
	readonly ref: string;
	/** When the run began that kept it, RFC 3339; undefined where its name does not tell. */
	readonly keptAt: string | undefined;
};

/** A run that mended another one's pins keeps them below that one's name, too. */
const keptName = /^([^/]+)\/(?:[^/]+\/)??((?:heads|tags)\/.+)$/;

export const parseKeptRef = (name: string): KeptRef => {
	const [, run = '', short] = keptName.exec(name.slice(keptPrefix.length)) ?? [];
	const [began = ''] = run.split('-');
	return {ref: short === undefined ? name : `refs/${short}`, keptAt: readCompactTime(began)};
};
