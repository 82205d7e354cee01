import {fullName} from '../../domain/plan/repository.ts';
import {type Digest, formatRecordLine, type SavedRepository} from '../../domain/record/record.ts';
import {isUuid} from '../../domain/store/names.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {OffSite, Part} from '../../parts/part.ts';

/** Everything needed to tell whether something is to be sent. */
export type SendTools = {readonly parts: readonly Part[]; readonly digest: Digest};

/** A part that goes to a store, with the digest of its state. */
export type PartToSend = {
	readonly part: Part;
	readonly offSite: OffSite;
	readonly digest: string;
};

/** The parts of a repository that go to a store. `known`: everything that the store has of it. */
export const partsToSend = (
	{parts, digest}: SendTools,
	{record}: SavedRepository,
	known: IndexEntry | undefined,
): readonly PartToSend[] =>
	parts.flatMap((part) => {
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
export const isDue = (
	tools: SendTools,
	repository: SavedRepository,
	known: IndexEntry | undefined,
): boolean =>
	isUuid(repository.record.uuid) &&
	(known === undefined ||
		known.name !== fullName(repository.record) ||
		known.folder !== repository.folder ||
		partsToSend(tools, repository, known).some(
			({part, digest}) => known.parts[part.name]?.entry !== digest,
		));
