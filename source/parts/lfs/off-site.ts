import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import type {OffSite, OffSiteFile} from '../part.ts';
import {hasNone, isLfsEntry} from './entry.ts';
import {missingFile} from './missing.ts';

/** The files lie under the SHA-256 of their content, so none has to be read to know it. */
export const lfsOffSite: OffSite = {
	historyRef: undefined,
	hasContent: (known) => !isLfsEntry(known) || !hasNone(known),
	isOwnPath: (path) => {
		const oid = path.slice(path.lastIndexOf('/') + 1);
		return path === missingFile || (/^[\da-f]{64}$/.test(oid) && path === fileOf(oid).path);
	},
	listFiles: async ({git, folder}) => {
		const {objects} = await git.listLfs(joinPath(folder, repoFolder));
		return [...objects.keys()].map(fileOf);
	},
	listTexts: async ({files, folder}) => {
		const text = await files.readText(joinPath(folder, missingFile));
		return text === undefined ? [] : [{path: missingFile, text}];
	},
	renew: async ({git, folder}, known) => {
		await git.guardLfs(joinPath(folder, repoFolder));
		return known;
	},
};

export const fileOf = (oid: string): OffSiteFile => ({
	path: joinPath(repoFolder, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid),
	sha256: oid,
});
