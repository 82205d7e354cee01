import * as v from 'valibot';
import {jsonRows} from '../../parts/json-rows.ts';
import {failure} from './failure.ts';
import {sending, sentFields} from './store.ts';
import {
	about,
	boolean,
	count,
	described,
	duration,
	exitCode,
	fromZero,
	inFolder,
	line,
	listOf,
	mirror,
	names,
	number,
	object,
	ofParts,
	optional,
	repository,
	source,
	string,
	strings,
	text,
	time,
	when,
} from './words.ts';

export const changes = object('Numbers of refs, by the kind of change', {
	created: count,
	forwarded: count,
	rewritten: number('Branches, and other refs but tags, that no longer contain their old tip'),
	moved: number('Tags'),
	deleted: count,
});

export const mendingFields = {
	mirror,
	setAside: optional(text('Name of the damaged one now, beside the new one')),
	rescued: number('Old tips that were brought over'),
	lost: listOf(
		'Old tips that could not be brought over',
		v.object({
			ref: text('Its name upstream'),
			oid: string,
			keptAt: optional(when('Start of the run that kept it')),
		}),
	),
	unnamed: number('Old tips that were recorded, but of which no more is known'),
	history: v.picklist(['whole', 'part', 'lost']),
};
export const mending = object('How a damaged or missing mirror was repaired', mendingFields);

export const outcome = v.variant('result', [
	v.object({result: v.literal('unchanged'), ...ofParts('outcome')}),
	v.object({
		result: v.literal('saved'),
		how: v.picklist(['new', 'updated', 'taken-over']),
		refs: number('Refs it has now'),
		changes,
		kept: names('Full names of the refs whose old tip was kept beside the new one'),
		received: number('Bytes received by git'),
		grown: optional(
			described(
				'Bytes by which it grew on the disk; below 0 if packing made it smaller',
				v.pipe(v.number(), v.integer()),
			),
		),
		duration,
		...ofParts('outcome'),
		mended: optional(listOf('Repairs of damaged or missing mirrors', mending)),
	}),
	v.object({
		result: v.literal('failed'),
		failure,
		attempts: count,
		lastGood: optional(when('When a run last found the backup equal to upstream')),
	}),
	object('Not looked at or not finished, because the run or its source ended first', {
		result: v.literal('left-out'),
	}),
]);

export const shrinkage = object(
	'A listing so short that no repository is marked as gone because of it',
	{
		expected: count,
		found: count,
		missing: names('The first names'),
		missingCount: count,
		missingPrivate: count,
	},
);

const keptIn = text('The store that keeps it: the folder is there for this run alone');

export const report = object('The result of a source', {
	source,
	workspace: string,
	folder: string,
	store: optional(keptIn),
	shard: optional(
		text('The shard of this run, such as 3/16: all else here counts its repositories alone'),
	),
	inScope: optional(number('Repositories in scope; absent if the listing failed')),
	unchanged: count,
	updated: count,
	new: count,
	failed: count,
	leftOut: count,
	uncounted: optional(
		number(
			'Without a folder: repositories of which something was sent that does not count, for want of an index object',
		),
	),
	stores: optional(listOf('How the sending to each store ended', sending)),
	...ofParts('report'),
	gone: names('Repositories that are gone upstream; their backups stay'),
	shrinkage: optional(shrinkage),
	unmatched: optional(
		names('Names and globs of includeRepos that fit no repository, so this is no complete backup'),
	),
	problem: optional(about('A failure of the source as a whole', failure)),
	received: number('Bytes received by git'),
	duration,
	lastComplete: optional(
		when('When all in scope was last saved and equal to upstream, before this run'),
	),
	size: optional(number('Bytes of all mirrors on the disk')),
	free: optional(number('Bytes left on the disk after this run')),
	rewritten: number('Branches, and other refs but tags, that upstream rewrote, as this run found'),
	moved: number('Tags that upstream moved'),
	deleted: number('Refs that upstream deleted'),
	kept: number('Refs of which this run kept the old state'),
	partial: optional(
		described('The run was limited to a part, so it is no complete backup', v.literal(true)),
	),
	without: optional(
		names(
			'Follow-ups that the settings ask for and this run left out, so it is no complete backup',
		),
	),
	exitCode,
	lost: names('Repositories with a damaged copy that could not be rescued completely'),
});

export const progress = object('The progress of git, or of a part', {
	stage: v.picklist<readonly string[]>([
		'asking',
		'counting',
		'compressing',
		'receiving',
		'resolving',
		'sending',
		'keeping',
		'packing',
		'rescuing',
		...jsonRows.flatMap(({stages = []}) => stages),
	]),
	text: optional(text('The stage of a part in words')),
	files: optional(number('Files that are here')),
	ofFiles: optional(number('Files to fetch')),
	percent: optional(v.pipe(fromZero, v.maxValue(100))),
	bytes: optional(number('Received so far')),
	bytesPerSecond: optional(fromZero),
});

export const planCounts = object('Numbers of repositories, by what the plan says of them', {
	new: count,
	changed: count,
	unchanged: count,
	gone: count,
	refused: count,
	failed: count,
	later: optional(number('Put aside, and looked at again after the others are saved')),
});

const followUp = text(
	'Name of the work that follows the saving of the repositories: metadata or off-site',
);

/** The lines of a backup and of a dry run. */
export const backupLines = [
	line('run-started', 'The first line', {
		run: text('Name of the run'),
		at: time,
		version: text('Version of Cistern'),
		folder: string,
		sources: strings,
	}),
	line('noticed', 'A warning in one sentence; the run goes on', {
		source: optional(source),
		text: string,
	}),
	line('source-started', 'A source begins', {
		source,
		workspace: string,
		folder: string,
		store: optional(keptIn),
	}),
	line('folder-held', 'Until the source ends, no other run works in its folder', {source}),
	line('listing-progressed', 'Repositories found so far, and the total if Bitbucket told it', {
		source,
		found: count,
		total: optional(count),
		done: boolean,
	}),
	line('repository-looked-at', 'Its refs were compared with the backup', {
		source,
		repository,
	}),
	line(
		'repository-put-aside',
		'It keeps silent, or fails for now: the others go first, and it is tried again at the end',
		{source, repository, failure, size: optional(number('Bytes to clone, if it was started'))},
	),
	line('plan-made', 'All repositories of a source were looked at', {
		source,
		inScope: count,
		counts: planCounts,
		size: optional(number('Bytes of all that is to be cloned, as Bitbucket counts them')),
	}),
	line('repository-started', 'git begins to work on it', {
		source,
		repository,
		action: v.picklist(['clone', 'update']),
		size: optional(number('Bytes to clone, as Bitbucket counts them')),
	}),
	line('repository-progressed', 'Progress of git', {source, repository, progress}),
	line('wait-started', 'A whole host, or one repository, waits before the next attempt', {
		source,
		host: string,
		repository: optional(repository),
		failure,
		until: time,
	}),
	line('wait-ended', 'The wait is over', {
		source,
		host: string,
		repository: optional(repository),
	}),
	line(
		'repository-fell-back',
		'git makes its transfer by itself, over a connection of its own, because only git may understand the server',
		{source, repository, reason: string},
	),
	line('repository-held', 'It waits for its host together with others, or for its turn there', {
		source,
		repository,
		host: string,
	}),
	line('repository-released', 'It no longer waits for its host', {source, repository}),
	line('repository-finished', 'Exactly one for each repository in scope', {
		source,
		repository,
		outcome,
	}),
	line(
		'repository-gone',
		'A complete listing no longer has it, for the first time; its backup stays',
		{
			source,
			repository,
			keptIn: optional(
				text('Folder of its backup, given where another repository has its name now'),
			),
		},
	),
	line('repository-renamed', 'It has a new name in Bitbucket; its folder and history follow', {
		source,
		repository,
		formerName: repository,
	}),
	line('follow-up-started', 'The repositories are saved, and work that follows begins', {
		source,
		followUp,
		repositories: count,
	}),
	line('follow-up-progressed', 'How far it is', {
		source,
		followUp,
		text: string,
		repository: optional(repository),
		requests: number('Requests so far'),
		left: optional(number('About how many requests are left')),
		timeLeft: optional(described('Milliseconds that the rest takes, about', fromZero)),
	}),
	line('follow-up-waited', 'It waits, because the requests of this hour are spent', {
		source,
		followUp,
		until: time,
		text: string,
	}),
	line('follow-up-saved', 'Something new of a repository is saved', {
		source,
		followUp,
		repository,
		text: text('The news in words'),
		...sentFields,
		...ofParts('follow-up-saved'),
	}),
	line('follow-up-finished', 'It ended; the report of the source tells how', {source, followUp}),
	line('source-finished', 'A source ended', {report}),
	line('after-backup-started', 'The command of afterBackup in the settings runs', {
		program: string,
	}),
	line('after-backup-printed', 'A line of its output', {text: string}),
	line('after-backup-finished', 'It ended', {
		program: string,
		problem: optional(text('How it failed, in words that follow its name')),
		lastLines: optional(names('If it failed: the last lines of its output')),
	}),
	line('run-finished', 'The run ended', {at: time, duration, exitCode}),
	line('result', 'The last line: the whole result', {
		run: string,
		startedAt: time,
		finishedAt: time,
		duration,
		exitCode,
		sources: v.array(report),
		failures: v.array(
			v.object({source, repository, failure, attempts: count, lastGood: optional(time)}),
		),
	}),
	line('planned', 'cistern --dry-run: a repository and what a backup would do', {
		source,
		repository,
		uuid: string,
		folder: inFolder,
		action: described(
			'none: unchanged; record: only its record would be written; fail: it cannot be saved',
			v.picklist(['none', 'record', 'update', 'clone', 'fail']),
		),
		reason: text('The reason, in words'),
		failure: optional(failure),
	}),
	line('plan', 'cistern --dry-run: the end of a source', {
		source,
		exitCode,
		inScope: optional(count),
		counts: optional(planCounts),
		gone: optional(names('Full names of repositories that are gone upstream')),
		problem: optional(about('A failure of the source as a whole', failure)),
		shrinkage: optional(shrinkage),
	}),
] as const;
