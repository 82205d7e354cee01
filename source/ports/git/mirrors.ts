import type {MirrorStamp} from '../../domain/record/record.ts';

/** What a mirror is made, set up and looked after with. `mirror` is the absolute path of a bare repository. */
export interface GitMirrors {
	/** A new, empty mirror with Cistern's configuration, in a folder that does not exist yet. */
	createMirror(mirror: string): Promise<void>;

	/**
	 * Gives an existing bare repository Cistern's configuration in place of any other, before git
	 * reads that. `mirror-unusable` where it borrows objects from elsewhere. Mostly no process.
	 */
	configureMirror(mirror: string): Promise<void>;

	/** Points HEAD at a branch, which need not exist yet. */
	setHead(mirror: string, ref: string): Promise<void>;

	/** What the mirror's files look like now; undefined where there is no mirror. No process. */
	readStamp(mirror: string): Promise<MirrorStamp | undefined>;

	/** Does the default branch carry an LFS attribute line or pointer? */
	usesLfs(mirror: string): Promise<boolean>;

	/** Packs refs, and objects where there are many small packs; never removes an object. */
	pack(mirror: string): Promise<void>;

	/** Clears locks that a killed git left in a mirror nobody works on. */
	clearStaleLocks(mirror: string): Promise<void>;
}
