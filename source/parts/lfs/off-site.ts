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
		return path === missingFile || (/^[\da-f]{64}$/.test(oid) && path === pathOf(oid).path);
	},
	listFiles: async ({git, files, digest, folder}) => {
		const {objects} = await git.listLfs(joinPath(folder, repoFolder));
		const list = await files.readText(joinPath(folder, missingFile));
		const missing = list === undefined ? [] : [{path: missingFile, sha256: digest(list)}];
		return [...[...objects.keys()].map(pathOf), ...missing];
	},
	renew: async ({git, folder}, known) => {
		await git.guardLfs(joinPath(folder, repoFolder));
		return known;
	},
};

const pathOf = (oid: string): OffSiteFile => ({
	path: joinPath(repoFolder, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid),
	sha256: oid,
});
