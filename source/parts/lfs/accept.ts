import type {PartCopy} from '../part.ts';
import {type LfsEntry, type MissingFile, mayPass} from './entry.ts';
import {readMissing, summarise, writeMissing} from './missing.ts';
import {nameFile, nameReason} from './words.ts';

/** A file that may be there next time is fetched then, so there is nothing to accept. */
const isForGood = ({why, accepted}: MissingFile): boolean => accepted !== true && !mayPass(why);

const readAll = async (copy: PartCopy): Promise<readonly MissingFile[]> => [
	...((await readMissing(copy))?.values() ?? []),
];

/** A file that upstream lost is named by each run, until the user accepts that. */
export const acceptance = {
	line: 'missing-file' as const,
	list: async (copy: PartCopy): Promise<readonly string[]> =>
		(await readAll(copy)).filter(isForGood).map((file) => `${nameFile(file)}: ${nameReason(file)}`),
	accept: async (copy: PartCopy, known: LfsEntry): Promise<LfsEntry> => {
		const all = (await readAll(copy)).map((file) =>
			isForGood(file) ? ({...file, accepted: true} as const) : file,
		);
		await writeMissing(copy, all);
		const {asked = 0, askedAt = ''} = known.missing ?? {};
		const missing = summarise(all, {asked, askedAt});
		return {...known, missing: missing ?? known.missing};
	},
};
