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
	return {ref: short === undefined ? name : `refs/${short}`, keptAt: momentOf(run)};
};

/** `20261123T195853Z-4fa31c` to RFC 3339. */
const momentOf = (run: string): string | undefined => {
	const [, date, time] = /^(\d{8})T(\d{6})Z/.exec(run) ?? [];
	return date === undefined || time === undefined
		? undefined
		: `${date.replace(/^(....)(..)(..)$/, '$1-$2-$3')}T${time.replace(/^(..)(..)(..)$/, '$1:$2:$3')}Z`;
};
