import {joinPath} from '../../domain/plan/layout.ts';
import {partsIn, withWorkspace} from '../../domain/record/record.ts';
import type {CopyTools, Part} from '../../parts/part.ts';
import type {Clock} from '../../ports/clock.ts';
import {whileHeld} from '../lock.ts';
import type {FoundRepository} from '../saved/find-repositories.ts';
import {readSavedState, writeRecord} from '../saved/saved-state.ts';

/** A repository of which a part lacks something that the user may accept. */
export type Acceptable = {
	readonly repository: FoundRepository;
	readonly part: Part;
	/** The word of JSON for a line about one of these things. */
	readonly line: NonNullable<Part['acceptance']>['line'];
	/** As parts of a sentence. */
	readonly missing: readonly string[];
};

type Tools = CopyTools & {
	readonly clock: Clock;
	readonly run: string;
	readonly parts: readonly Part[];
};

/** `name`: of the part. */
export const findAcceptable = async (
	tools: Tools,
	name: string,
	repositories: readonly FoundRepository[],
): Promise<readonly Acceptable[]> => {
	const found: Acceptable[] = [];
	for (const repository of repositories) {
		const folder = joinPath(repository.source.folder, repository.folder);
		const part = partsIn(repository.folder, tools.parts).find((one) => one.name === name);
		const known = repository.record.parts[name];
		if (part?.acceptance !== undefined && known !== undefined) {
			const {line, list} = part.acceptance;
			const missing = await list({...tools, folder}, known);
			found.push(...(missing.length === 0 ? [] : [{repository, part, line, missing}]));
		}
	}

	return found;
};

/**
 * Records that the user knows of what is missing. Holds the source's folder meanwhile, and reads the
 * record again, because a run may have written it.
 */
export const acceptGaps = async (tools: Tools, {repository, part}: Acceptable): Promise<void> => {
	const {files, parts} = tools;
	const {source, record} = repository;
	const claim = {...tools, folder: source.folder, onWait: () => {}};
	await whileHeld(claim, false, async () => {
		const saved = await readSavedState(files, source.folder, parts);
		const now = withWorkspace(saved).find((one) => one.record.uuid === record.uuid);
		const known = now?.record.parts[part.name];
		if (now === undefined || known === undefined || part.acceptance === undefined) {
			return;
		}

		const folder = joinPath(source.folder, now.folder);
		const entry = await part.acceptance.accept({...tools, folder}, known);
		const changed = {...now.record, parts: {...now.record.parts, [part.name]: entry}};
		await writeRecord(files, folder, changed);
	});
};
