import {progress} from './backup.ts';
import {failure} from './failure.ts';
import {
	count,
	duration,
	exitCode,
	flag,
	line,
	number,
	ofParts,
	optional,
	restoredPart,
	string,
	text,
	time,
	when,
} from './words.ts';

/** The lines of a restore. */
export const restoreLines = [
	line('restore-started', 'cistern restore: the first line', {
		at: time,
		version: string,
		repositories: count,
		...ofParts('restore-started'),
		to: text('A folder, an address or a pattern of addresses'),
		asOf: optional(when('The time asked for')),
	}),
	line('restoring', 'cistern restore: work on a part of a repository began', restoredPart),
	line('restore-progressed', 'cistern restore --push: progress of git', {
		...restoredPart,
		progress,
	}),
	line('restore-finished', 'cistern restore: the last line', {at: time, duration, exitCode}),
	line('restored', 'cistern restore: a repository', {
		...restoredPart,
		folder: optional(text('Its folder now')),
		url: optional(text('The remote that it was pushed to')),
		nameTaken: optional(text('Its usual name, if something else that is restored has it')),
		wasThere: flag('An earlier restore had already brought back this state'),
		asOf: optional(when('When a run saw this state upstream; absent if the mirror has no history')),
		refs: number('Refs that were brought back'),
		head: optional(text('Full name of its default branch')),
		remoteHead: optional(text('Default branch of the remote, if that is another one')),
		hasNoHead: optional(flag('The default branch names no branch that is there')),
		...ofParts('restored'),
	}),
	line('not-restored', 'cistern restore: a repository that could not be restored', {
		...restoredPart,
		folder: optional(string),
		url: optional(string),
		failure: optional(failure),
		first: optional(when('Its first backup, if that is later than the time asked for')),
		problem: string,
	}),
] as const;
