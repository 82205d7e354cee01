import type {Failure} from '../failure/failure.ts';
import {
	type ClosedFolder,
	equalStamps,
	type MirrorStamp,
	type SavedRepository,
	type WikiRecord,
} from '../record/record.ts';
import type {Look} from './look.ts';
import {fullName, type Repository} from './repository.ts';

export type PlannedAction = 'none' | 'record' | 'update' | 'clone' | 'fail';

/** What is to be done for one repository, and why, for a person who asks for the plan. */
export type Decision = {
	/** `record`: only the record has to be written anew; no git process. */
	readonly action: PlannedAction;
	readonly reason: string;
	/** Why nothing can be done, where that is so. */
	readonly failure?: Failure;
};

export const leaveAlone = ({failure}: ClosedFolder): Decision => ({
	action: 'fail',
	reason:
		failure.kind === 'record-newer'
			? 'its record was written by a newer Cistern'
			: 'its folder or its record cannot be used',
	failure,
});

/** What its look and its record tell of a repository. */
export const decide = (
	repository: Repository,
	saved: SavedRepository | undefined,
	look: Look,
	hasUnrecordedFolder: boolean,
): Decision => {
	if (look.state === 'failed') {
		return {action: 'fail', reason: 'it could not be looked at', failure: look.failure};
	}

	if (saved === undefined) {
		return hasUnrecordedFolder
			? {action: 'update', reason: 'an older backup lies here and is taken over'}
			: {action: 'clone', reason: 'new'};
	}

	if (look.print === undefined) {
		return {action: 'clone', reason: 'its mirror is not there any more'};
	}

	return decideKnown(repository, saved, look, look.print);
};

const decideKnown = (
	repository: Repository,
	{record}: SavedRepository,
	look: Extract<Look, {state: 'seen'}>,
	print: MirrorStamp,
): Decision => {
	if (record.damage !== undefined) {
		return {action: 'update', reason: 'its mirror is marked as damaged'};
	}

	if (record.repo.refs.digest !== look.refs.digest) {
		return {action: 'update', reason: 'its branches or tags changed'};
	}

	if (!equalStamps(record.repo.print, print)) {
		return {action: 'update', reason: "the mirror's files changed since they were recorded"};
	}

	const wiki = decideWiki(record.wiki, look);
	if (wiki !== undefined) {
		return wiki;
	}

	if (record.goneSince !== undefined) {
		return {action: 'record', reason: 'it is back upstream'};
	}

	return fullName(record) === fullName(repository) && record.isPrivate === repository.isPrivate
		? {action: 'none', reason: 'unchanged'}
		: {action: 'record', reason: 'its name or visibility changed'};
};

const decideWiki = (
	record: WikiRecord | undefined,
	{wiki, wikiPrint}: Extract<Look, {state: 'seen'}>,
): Decision | undefined => {
	if (wiki.state === 'missing') {
		return {action: 'record', reason: 'its wiki is not there upstream'};
	}

	if (wiki.state !== 'seen') {
		return undefined;
	}

	if (record?.state !== 'saved') {
		return {action: 'update', reason: 'it has a wiki'};
	}

	if (record.damage !== undefined) {
		return {action: 'update', reason: 'its wiki is marked as damaged'};
	}

	const isSame =
		record.mirror.refs.digest === wiki.refs.digest &&
		wikiPrint !== undefined &&
		equalStamps(record.mirror.print, wikiPrint);
	return isSame ? undefined : {action: 'update', reason: 'its wiki changed'};
};
