import * as v from 'valibot';
import {repositoryStates} from '../../domain/status/repository-status.ts';
import {mendingFields} from './backup.ts';
import {
	atLeastOne,
	boolean,
	count,
	described,
	flag,
	inFolder,
	line,
	listOf,
	names,
	number,
	object,
	ofParts,
	optional,
	ref,
	repository,
	source,
	string,
	text,
	time,
	when,
} from './words.ts';

export const loss = object('A repair that did not bring everything back', {
	...mendingFields,
	at: time,
});

export const repositoryStatus = object('cistern status: a repository', {
	repository: string,
	folder: optional(string),
	state: v.picklist(repositoryStates),
	lastGood: optional(when('When the backup was last known to be equal to upstream')),
	changedAt: optional(when('When its content last changed here')),
	size: number('Bytes of all its parts'),
	refs: count,
	keptTips: number('Tips that are gone upstream'),
	...ofParts('status'),
	goneSince: optional(time),
	isMercurial: optional(flag('An older backup program saved it, and not with git')),
	isVanished: optional(flag('It was saved, and nothing of that is left')),
	outOfScope: optional(
		described(
			'The settings left it out of the last run: lastGood is of the last run that looked',
			v.literal(true),
		),
	),
	problem: optional(string),
	losses: listOf('Repairs that did not bring everything back', loss),
});

/** The lines of status, history and accept-missing. */
export const savedLines = [
	line('status', 'cistern status: a source', {
		source,
		folder: string,
		lastComplete: optional(when('When all in scope was last saved and equal to upstream')),
		lastRun: optional(
			v.object({
				at: time,
				exitCode: number('An exit code, of a newer version perhaps'),
				complete: boolean,
				problem: optional(string),
				afterBackup: optional(text('Why the command after the backup made no copy')),
			}),
		),
		lastVerified: optional(
			object('The last cistern verify of all repositories', {
				at: time,
				repositories: count,
				whole: count,
				damaged: count,
				exitCode: number('An exit code'),
			}),
		),
		lastRehearsed: optional(
			object('The last cistern verify --sample', {
				at: time,
				repositories: number('Repositories in the backup then'),
				rehearsed: number('Repositories that were restored and compared'),
				equal: number('Of these, those that were restored as they were recorded'),
			}),
		),
		workspace: optional(
			object('What is saved of the workspace itself, and when its settings were read', {
				size: number('Bytes'),
				problem: optional(text('The damage that was found in it')),
				settingsAt: optional(time),
				...ofParts('workspace'),
			}),
		),
		stores: optional(
			listOf(
				'How far the source is in each store, as the backup folder remembers it',
				v.object({
					store: text('Title of the store'),
					sentAt: optional(when('When a sending to it last ended')),
					there: number('Repositories that are there as they are saved here'),
					unsent: names('Repositories that are not there as they are saved here'),
					failed: optional(object('The last sending, if it failed', {at: time, reason: string})),
				}),
			),
		),
		untold: optional(
			listOf(
				'Messages about the last run that could not be sent',
				v.object({target: string, reason: string, at: time}),
			),
		),
		runsProblem: optional(text('Why the list of its runs cannot be read')),
		missing: names('Missing from the last listing, but not marked as gone'),
		unmatched: optional(
			names('Names and globs of includeRepos that fitted no repository in the last run'),
		),
		missingBackup: optional(
			object(
				'A complete backup that was made here and of which nothing is left: a disk may not be mounted',
				{at: when('Start of the last complete run'), repositories: atLeastOne},
			),
		),
		size: number('Bytes of all mirrors'),
		outdated: optional(
			flag('Is the last complete backup older than --max-age? Absent without that option'),
		),
		repositories: listOf('Most urgent first', repositoryStatus),
	}),
	line('taken-away', 'cistern history without a name: what upstream rewrote, deleted or dropped', {
		at: when('When a run found it'),
		source,
		repository,
		folder: inFolder,
		before: when('A moment at which it was still there, for restore --at'),
		kind: v.picklist(['rewritten', 'moved', 'deleted', 'gone']),
		ref: optional(ref),
		from: optional(text('Object id of the old tip, which is kept')),
		to: optional(text('Object id of the new tip')),
		onlyHere: optional(number('Commits that only the backup holds now')),
		restore: text('The command that brings it back'),
	}),
	line('history', 'cistern history: a repository', {
		source,
		repository,
		folder: inFolder,
		settings: optional(
			listOf(
				'Changes of its settings, the newest first, by the names of their files',
				v.object({at: time, names: v.array(string)}),
			),
		),
		aheadFrom: optional(when('The date of the oldest run whose clock was ahead')),
		runs: listOf(
			'Newest first',
			v.object({
				at: time,
				refs: number('Refs after it'),
				isFirst: boolean,
				head: optional(
					object('The default branch, if it changed: full names', {
						from: optional(string),
						to: optional(string),
					}),
				),
				changes: v.array(
					v.object({
						ref,
						kind: v.picklist(['created', 'forwarded', 'rewritten', 'moved', 'deleted']),
						from: optional(string),
						to: optional(string),
						kept: flag("Is its old tip kept beside upstream's?"),
						onlyHere: number('Commits of the old tip that no ref upstream reaches'),
						commits: listOf(
							'The newest of these commits, at most 20',
							v.object({
								oid: string,
								author: string,
								email: string,
								at: time,
								subject: text('The first line of its message'),
							}),
						),
					}),
				),
			}),
		),
	}),
	line('missing', 'cistern accept-missing: a repository that a complete listing lacks', {
		source,
		repository,
		isPrivate: boolean,
	}),
	line('missing-file', 'cistern accept-missing --lfs: an LFS file that is not in the backup', {
		repository,
		text: text('Its path, size and why it is missing'),
	}),
	line('missing-settings', 'cistern accept-missing --metadata: settings that are refused now', {
		repository,
		text: text('Their name and why they are refused'),
	}),
	line('accepted', 'cistern accept-missing: how many were marked as gone or accepted', {count}),
] as const;
