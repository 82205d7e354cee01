import {workspaceFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {
	type Digest,
	formatRecordLine,
	partsIn,
	type SavedRepository,
	type SavedState,
	withWorkspace,
} from '../../domain/record/record.ts';
import {isUuid, workspaceId} from '../../domain/store/names.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {OffSite, Part} from '../../parts/part.ts';

/** Something saved that goes to a store: a repository, or what is saved of the workspace itself. */
export type Sendable = SavedRepository & {
	/** Its folder in the store: a uuid. */
	readonly id: string;
};

/** Repositories first. */
export const listSendable = (
	saved: Pick<SavedState, 'repositories' | 'workspace'>,
	digest: Digest,
): readonly Sendable[] => withWorkspace(saved).map((one) => asSendable(one, digest));

export const asSendable = (saved: SavedRepository, digest: Digest): Sendable => {
	const {uuid, workspace} = saved.record;
	return {...saved, id: saved.folder === workspaceFolder ? workspaceId(digest(workspace)) : uuid};
};

/** Everything needed to tell whether something is to be sent. */
export type SendTools = {readonly parts: readonly Part[]; readonly digest: Digest};

/** A part that goes to a store, with the digest of its state. */
export type PartToSend = {
	readonly part: Part;
	readonly offSite: OffSite;
	readonly digest: string;
};

/** The parts of it that go to a store. `known`: everything that the store has of it. */
export const partsToSend = (
	{parts, digest}: SendTools,
	{folder, record}: SavedRepository,
	known: IndexEntry | undefined,
): readonly PartToSend[] =>
	partsIn(folder, parts).flatMap((part) => {
		const entry = record.parts[part.name];
		const {offSite} = part;
		if (offSite === undefined || entry?.state !== 'saved') {
			return [];
		}

		if (known?.parts[part.name] === undefined && !offSite.hasContent(entry)) {
			return [];
		}

		// The record goes with the repository itself, so a change of it alone is sent there.
		const state = part.isRequired ? formatRecordLine(record) : JSON.stringify(entry);
		return [{part, offSite, digest: digest(state)}];
	});

/** Pure, so that ten thousand repositories without news cost nothing. */
export const isDue = (tools: SendTools, one: Sendable, known: IndexEntry | undefined): boolean =>
	isUuid(one.id) &&
	(known === undefined ||
		known.name !== fullName(one.record) ||
		known.folder !== one.folder ||
		partsToSend(tools, one, known).some(
			({part, digest}) => known.parts[part.name]?.entry !== digest,
		));
