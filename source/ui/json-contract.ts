import * as v from 'valibot';
import {type Finding, weightOf} from '../domain/verify/finding.ts';
import {type JsonObject, jsonRows} from '../parts/json-rows.ts';

/**
 * The contract of `--json`: every line and every field. The JSON schema and docs/json.md are made
 * from it (npm run docs), and the program's own lines have its types. Fields and lines may be
 * added; none changes its meaning. The program imports its types alone, so that it starts without
 * valibot.
 */

/** A schema with words about it, for the schema and the docs. */
const about = <const Schema extends v.GenericSchema>(text: string, schema: Schema) =>
	// A pipe copies the schema into itself. Lazy keeps a schema with a name a reference.
	v.pipe(
		v.lazy(() => schema),
		v.description(text),
	);

const integerFrom = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));
const string = v.string();
const strings = v.array(string);
const boolean = v.boolean();
const count = integerFrom(0);
const atLeastOne = integerFrom(1);
const time = v.pipe(string, v.isoTimestamp());
const optional = v.optional;
const text = (words: string) => v.pipe(string, v.description(words));
const number = (words: string) => v.pipe(count, v.description(words));
const when = (words: string) => v.pipe(time, v.description(words));
const flag = (words: string) => v.pipe(boolean, v.description(words));
const names = (words: string) => v.pipe(strings, v.description(words));

/** The fields that the parts add to an object. The program's lines bring them without types. */
// biome-ignore lint/complexity/noBannedTypes: no field that a type could name
const ofParts = (object: JsonObject): {} =>
	Object.assign({}, ...jsonRows.map(({fields}) => fields[object]));

const source = text('Title of the source');
const repository = text('workspace/repository');
const inFolder = text("Below the source's folder");
const mirror = text(
	'The damaged part: repo for the repository itself, or the name of another part',
);
const part = text('repo for the repository itself, or the name of another part');
const duration = v.pipe(v.number(), v.minValue(0), v.description('Milliseconds'));
const exitCode = v.pipe(
	v.picklist([0, 1, 2, 3, 11, 12, 130]),
	v.description(
		'0 all saved, 1 could not work, 2 wrong usage, 3 something is not saved, 11 another run holds the folder, 12 credentials refused, 130 interrupted',
	),
);
const door = v.pipe(
	v.picklist(['api', 'git']),
	v.description('The service of Bitbucket that answered'),
);

const kind = <const Kind extends string, const Fields extends v.ObjectEntries>(
	name: Kind,
	fields: Fields,
) => v.object({kind: v.literal(name), ...fields});

const failure = v.variant('kind', [
	kind('credentials-refused', {door}),
	kind('permission-missing', {door, required: names('Scopes, if Bitbucket named them')}),
	kind('forbidden', {door, message: string}),
	kind('not-found', {door, message: string}),
	kind('gone', {door, message: string}),
	kind('payment-required', {message: string}),
	kind('rate-limited', {
		retryAfter: optional(
			v.pipe(v.number(), v.minValue(0), v.description('Milliseconds, if the server named a time')),
		),
	}),
	kind('server-error', {status: count, message: string}),
	kind('server-timeout', {}),
	kind('unexpected-answer', {detail: string}),
	kind('answer-refused', {detail: string}),
	kind('network', {
		problem: v.picklist([
			'name-lookup',
			'connection-refused',
			'connection-reset',
			'timeout',
			'tls',
			'cut-short',
			'unreachable',
			'proxy-refused',
			'proxy-unreachable',
			'proxy-unsupported',
		]),
		detail: string,
	}),
	kind('ref-refused', {names: v.array(string)}),
	kind('upstream-damaged', {
		refs: v.pipe(strings, v.description('Those that cannot be had whole; none if not known')),
		detail: string,
	}),
	kind('address-refused', {address: string, reason: string}),
	kind('listing-incomplete', {detail: string}),
	kind('remote-unusable', {url: string, detail: string}),
	kind('remote-sign-in', {url: string}),
	kind('remote-taken', {url: string, refs: atLeastOne, foreign: string}),
	kind('push-incomplete', {url: string, refs: atLeastOne, missing: strings, detail: string}),
	kind('git-failed', {detail: string}),
	kind('git-unusable', {found: optional(text('Version of the installed git')), detail: string}),
	kind('mirror-unusable', {path: string, detail: string}),
	kind('checkout-refused', {
		file: text('A file of the default branch that git refuses to check out'),
	}),
	kind('checkout-impossible', {
		file: text('A file of the default branch that the disk cannot take'),
		detail: string,
	}),
	kind('record-newer', {path: string}),
	kind('record-unreadable', {path: string, detail: string}),
	kind('repository-unusable', {path: string, detail: string}),
	kind('repository-linked', {path: string}),
	kind('disk-full', {path: string}),
	kind('no-room', {
		path: string,
		size: number('Bytes to clone, as Bitbucket counts them; 0 if unknown'),
		free: number('Bytes'),
	}),
	kind('computer-limit', {lacks: v.picklist(['files', 'processes', 'memory'])}),
	kind('folder-locked', {path: string, pid: count, host: string, since: time, isVisible: boolean}),
	kind('folder-locked-by-version', {path: string}),
	kind('backup-missing', {
		path: string,
		at: when('Start of the last complete run'),
		repositories: atLeastOne,
	}),
	kind('folder-unusable', {path: string, detail: string}),
	kind('defect', {detail: text("A bug in Cistern: Node's message")}),
]);

const changes = v.pipe(
	v.object({
		created: count,
		forwarded: count,
		rewritten: number('Branches that no longer contain their old tip'),
		moved: number('Tags'),
		deleted: count,
	}),
	v.description('Numbers of branches and tags, by the kind of change'),
);

const mendingFields = {
	mirror,
	setAside: optional(text('Name of the damaged one now, beside the new one')),
	rescued: number('Old tips that were brought over'),
	lost: v.pipe(
		v.array(
			v.object({
				ref: text('Its name upstream'),
				oid: string,
				keptAt: optional(when('Start of the run that kept it')),
			}),
		),
		v.description('Old tips that could not be brought over'),
	),
	unnamed: number('Old tips that were recorded, but of which no more is known'),
	history: v.picklist(['whole', 'part', 'lost']),
};
const mending = v.pipe(
	v.object(mendingFields),
	v.description('How a damaged or missing mirror was repaired'),
);
const loss = v.pipe(
	v.object({...mendingFields, at: time}),
	v.description('A repair that did not bring everything back'),
);

const outcome = v.variant('result', [
	v.object({result: v.literal('unchanged'), ...ofParts('outcome')}),
	v.object({
		result: v.literal('saved'),
		how: v.picklist(['new', 'updated', 'taken-over']),
		refs: number('Branches and tags it has now'),
		changes,
		kept: names('Full names of the branches and tags whose old tip was kept beside the new one'),
		received: number('Bytes received by git'),
		grown: optional(
			v.pipe(
				v.number(),
				v.integer(),
				v.description('Bytes by which it grew on the disk; below 0 if packing made it smaller'),
			),
		),
		duration,
		...ofParts('outcome'),
		mended: optional(
			v.pipe(v.array(mending), v.description('Repairs of damaged or missing mirrors')),
		),
	}),
	v.object({
		result: v.literal('failed'),
		failure,
		attempts: count,
		lastGood: optional(when('When a run last found the backup equal to upstream')),
	}),
	v.pipe(
		v.object({result: v.literal('left-out')}),
		v.description('Not looked at or not finished, because the run or its source ended first'),
	),
]);

const shrinkage = v.pipe(
	v.object({
		expected: count,
		found: count,
		missing: names('The first names'),
		missingCount: count,
		missingPrivate: count,
	}),
	v.description('A listing so short that no repository is marked as gone because of it'),
);

const report = v.pipe(
	v.object({
		source,
		workspace: string,
		folder: string,
		inScope: optional(number('Repositories in scope; absent if the listing failed')),
		unchanged: count,
		updated: count,
		new: count,
		failed: count,
		leftOut: count,
		...ofParts('report'),
		gone: names('Repositories that are gone upstream; their backups stay'),
		shrinkage: optional(shrinkage),
		unmatched: optional(
			names(
				'Names and globs of includeRepos that fit no repository, so this is no complete backup',
			),
		),
		problem: optional(about('A failure of the source as a whole', failure)),
		received: number('Bytes received by git'),
		duration,
		lastComplete: optional(
			when('When all in scope was last saved and equal to upstream, before this run'),
		),
		size: optional(number('Bytes of all mirrors on the disk')),
		free: optional(number('Bytes left on the disk after this run')),
		rewritten: number('Branches that upstream rewrote, as this run found'),
		moved: number('Tags that upstream moved'),
		deleted: number('Branches and tags that upstream deleted'),
		kept: number('Branches and tags of which this run kept the old state'),
		partial: optional(
			v.pipe(
				v.literal(true),
				v.description('The run was limited to a part, so it is no complete backup'),
			),
		),
		exitCode,
		lost: names('Repositories with a damaged copy that could not be rescued completely'),
	}),
	v.description('The result of a source'),
);

const progress = v.pipe(
	v.object({
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
		percent: optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
		bytes: optional(number('Received so far')),
		bytesPerSecond: optional(v.pipe(v.number(), v.minValue(0))),
	}),
	v.description('The progress of git, or of a part'),
);

const planCounts = v.pipe(
	v.object({
		new: count,
		changed: count,
		unchanged: count,
		gone: count,
		refused: count,
		failed: count,
		later: optional(number('Put aside, and looked at again after the others are saved')),
	}),
	v.description('Numbers of repositories, by what the plan says of them'),
);

const repositoryStatus = v.pipe(
	v.object({
		repository: string,
		folder: optional(string),
		state: v.picklist([
			'never-saved',
			'failed',
			'damaged',
			'newer',
			'unreadable',
			'left-out',
			'unrecorded',
			'saved',
			'gone',
		]),
		lastGood: optional(when('When the backup was last known to be equal to upstream')),
		changedAt: optional(when('When its content last changed here')),
		size: number('Bytes of all its parts'),
		refs: count,
		keptTips: number('Tips that are gone upstream'),
		...ofParts('status'),
		goneSince: optional(time),
		outOfScope: optional(
			v.pipe(
				v.literal(true),
				v.description(
					'The settings left it out of the last run: lastGood is of the last run that looked',
				),
			),
		),
		problem: optional(string),
		losses: v.pipe(v.array(loss), v.description('Repairs that did not bring everything back')),
	}),
	v.description('cistern status: a repository'),
);

const accessLine = v.pipe(
	v.object({
		id: string,
		label: string,
		state: v.picklist(['running', 'ok', 'attention', 'failed']),
		text: text('The result'),
		consequence: optional(text('The meaning and the next step')),
	}),
	v.description('cistern check: one test'),
);

const ref = text('Full name');
const affectedRefs = v.pipe(
	v.array(v.object({ref, oid: string})),
	v.description('Branches and tags that reach a damaged object'),
);
const affectedTips = v.pipe(
	v.array(v.object({ref, oid: string, keptAt: optional(when('When its run began'))})),
	v.description('Old tips that reach a damaged object, by their name upstream'),
);
const gitsWords = text("git's own words");

const findingOf = <const Kind extends Finding['kind'], const Fields extends v.ObjectEntries>(
	name: Kind,
	fields: Fields,
) =>
	v.pipe(
		kind(name, fields),
		v.description(weightOf({kind: name}) === 'damage' ? 'damage' : 'no damage'),
	);
const ofMirror = <const Kind extends Finding['kind'], const Fields extends v.ObjectEntries>(
	name: Kind,
	fields: Fields,
) => findingOf(name, {mirror, ...fields});
const path = text("From the source's folder");

const finding = v.pipe(
	v.variant('kind', [
		ofMirror('mirror-missing', {}),
		ofMirror('mirror-unreadable', {detail: gitsWords}),
		ofMirror('objects-damaged', {
			detail: gitsWords,
			refs: affectedRefs,
			kept: affectedTips,
			history: flag('Is its history affected, too?'),
		}),
		ofMirror('objects-borrowed', {}),
		ofMirror('history-cut', {}),
		ofMirror('ref-missing', {ref, oid: string}),
		ofMirror('ref-changed', {ref, recorded: string, found: string}),
		ofMirror('ref-foreign', {ref, oid: string}),
		ofMirror('head-changed', {recorded: string, found: string}),
		ofMirror('kept-missing', {
			ref,
			oid: string,
			at: when('When a run saw that it was gone upstream'),
		}),
		ofMirror('kept-lost', {ref, oid: string, at: when('As for kept-missing')}),
		ofMirror('kept-fewer', {recordedTips: count, foundTips: count}),
		ofMirror('history-missing', {}),
		ofMirror('record-outdated', {}),
		ofMirror('mirror-outdated', {recordedAt: time, foundAt: time}),
		ofMirror('not-checked', {failure}),
		ofMirror('unfinished', {}),
		ofMirror('objects-odd', {
			count: v.pipe(
				atLeastOne,
				v.description('Objects that are whole, but in an older form than git writes today'),
			),
			detail: gitsWords,
		}),
		ofMirror('namespace-foreign', {prefix: text("Refs below it are not Cistern's")}),
		ofMirror('files-foreign', {
			count: v.pipe(atLeastOne, v.description('Files of other programs in the mirror')),
			paths: v.pipe(v.array(string), v.description('Below the mirror, at most the first 20')),
		}),
		findingOf('repository-missing', {}),
		findingOf('record-missing', {}),
		findingOf('record-damaged', {}),
		findingOf('record-newer', {}),
		findingOf('linked', {path}),
		findingOf('folder-unreadable', {failure}),
		findingOf('unrecorded', {}),
		findingOf('source-missing', {}),
		findingOf('runs-missing', {}),
		findingOf('runs-unreadable', {lines: number('Number of unreadable lines')}),
		findingOf('runs-closed', {failure}),
		findingOf('leftover', {path}),
		findingOf('foreign', {path}),
		findingOf('mercurial', {}),
		findingOf('set-aside', {path}),
	]),
	v.description('cistern verify: a finding'),
);

const line = <const Type extends string, const Fields extends v.ObjectEntries>(
	type: Type,
	words: string,
	fields: Fields,
) => v.pipe(v.object({v: v.literal(1), type: v.literal(type), ...fields}), v.description(words));

const restoredPart = {source, repository, part};

/** Every line of `--json`. */
export const jsonLine = v.variant('type', [
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
	line('source-started', 'A source begins', {source, workspace: string, folder: string}),
	line('folder-held', 'Until the source ends, no other run works in its folder', {source}),
	line('listing-progressed', 'Repositories found so far, and the total if Bitbucket told it', {
		source,
		found: count,
		total: optional(count),
		done: boolean,
	}),
	line('repository-looked-at', 'Its branches and tags were compared with the backup', {
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
	line('source-finished', 'A source ended', {report}),
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
		action: v.pipe(
			v.picklist(['none', 'record', 'update', 'clone', 'fail']),
			v.description(
				'none: unchanged; record: only its record would be written; fail: it cannot be saved',
			),
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
	line('access', 'cistern check: a source', {
		source,
		workspace: string,
		verdict: v.picklist(['good', 'limited', 'unreachable', 'refused']),
		suspects: v.pipe(
			v.array(v.picklist(['workspace', 'authName', 'apiAuthName', 'token'])),
			v.description('Settings to check again, the likeliest cause first'),
		),
		lines: v.array(accessLine),
	}),
	line('status', 'cistern status: a source', {
		source,
		folder: string,
		lastComplete: optional(when('When all in scope was last saved and equal to upstream')),
		lastRun: optional(
			v.object({
				at: time,
				exitCode: v.pipe(count, v.description('An exit code, of a newer version perhaps')),
				complete: boolean,
				problem: optional(string),
			}),
		),
		lastVerified: optional(
			v.pipe(
				v.object({
					at: time,
					repositories: count,
					whole: count,
					damaged: count,
					exitCode: v.pipe(count, v.description('An exit code')),
				}),
				v.description('The last cistern verify of all repositories'),
			),
		),
		lastRehearsed: optional(
			v.pipe(
				v.object({
					at: time,
					repositories: number('Repositories in the backup then'),
					rehearsed: number('Repositories that were restored and compared'),
					equal: number('Of these, those that were restored as they were recorded'),
				}),
				v.description('The last cistern verify --sample'),
			),
		),
		runsProblem: optional(text('Why the list of its runs cannot be read')),
		missing: names('Missing from the last listing, but not marked as gone'),
		unmatched: optional(
			names('Names and globs of includeRepos that fitted no repository in the last run'),
		),
		missingBackup: optional(
			v.pipe(
				v.object({at: when('Start of the last complete run'), repositories: atLeastOne}),
				v.description(
					'A complete backup that was made here and of which nothing is left: a disk may not be mounted',
				),
			),
		),
		size: number('Bytes of all mirrors'),
		outdated: optional(
			flag('Is the last complete backup older than --max-age? Absent without that option'),
		),
		repositories: v.pipe(v.array(repositoryStatus), v.description('Most urgent first')),
	}),
	line('history', 'cistern history: a repository', {
		source,
		repository,
		folder: inFolder,
		aheadFrom: optional(when('The date of the oldest run whose clock was ahead')),
		runs: v.pipe(
			v.array(
				v.object({
					at: time,
					refs: number('Branches and tags after it'),
					isFirst: boolean,
					head: optional(
						v.pipe(
							v.object({from: optional(string), to: optional(string)}),
							v.description('The default branch, if it changed: full names'),
						),
					),
					changes: v.array(
						v.object({
							ref,
							kind: v.picklist(['created', 'forwarded', 'rewritten', 'moved', 'deleted']),
							from: optional(string),
							to: optional(string),
							kept: flag("Is its old tip kept beside upstream's?"),
							onlyHere: number('Commits of the old tip that no branch and no tag upstream reaches'),
							commits: v.pipe(
								v.array(
									v.object({
										oid: string,
										author: string,
										email: string,
										at: time,
										subject: text('The first line of its message'),
									}),
								),
								v.description('The newest of these commits, at most 20'),
							),
						}),
					),
				}),
			),
			v.description('Newest first'),
		),
	}),
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
		refs: number('Branches and tags'),
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
	line('missing', 'cistern accept-missing: a repository that a complete listing lacks', {
		source,
		repository,
		isPrivate: boolean,
	}),
	line('accepted', 'cistern accept-missing: the number of repositories marked as gone', {count}),
	line('verify-started', 'cistern verify: a source begins', {
		source,
		folder: string,
		repositories: number('Repositories to verify'),
	}),
	line('verified', 'cistern verify: a repository; it is whole if no finding is damage', {
		source,
		repository: text("workspace/repository; the folder's name if no record names it"),
		folder: inFolder,
		findings: v.array(finding),
		isMarked: flag('Is the damage written down, so that the next backup repairs it?'),
		goneSince: optional(when('When it was first gone upstream')),
	}),
	line('source-verified', 'cistern verify: the end of a source', {
		source,
		folder: string,
		repositories: count,
		whole: count,
		damaged: count,
		findings: v.pipe(
			v.array(finding),
			v.description('Findings that do not belong to a single repository'),
		),
		duration,
	}),
	line('verify-finished', 'cistern verify: the last line', {duration, exitCode}),
	line('compared', 'cistern verify --remote: a repository', {
		source,
		repository,
		compared: v.variant('state', [
			v.object({state: v.literal('as-upstream')}),
			v.pipe(
				v.object({state: v.literal('behind')}),
				v.description('Upstream has changed since the last backup'),
			),
			v.object({state: v.literal('not-saved')}),
			v.object({state: v.literal('failed'), failure}),
		]),
	}),
	line('rehearsed', 'cistern verify --sample: a part of a repository', {
		...restoredPart,
		rehearsed: v.variant('state', [
			v.object({state: v.literal('equal'), refs: number('Branches and tags')}),
			v.object({state: v.literal('different'), detail: string}),
			v.object({state: v.literal('failed'), failure}),
		]),
	}),
]);

/** The objects that have a name of their own in the schema. */
export const jsonObjects = {
	failure,
	outcome,
	changes,
	shrinkage,
	report,
	progress,
	planCounts,
	repositoryStatus,
	finding,
	accessLine,
	mending,
	loss,
};

type DeepReadonly<Value> = Value extends object
	? {readonly [Key in keyof Value]: DeepReadonly<Value[Key]>}
	: Value;

type WithoutVersion<Line> = Line extends unknown ? Omit<Line, 'v'> : never;

/** A line of `--json` before it gets its version. */
export type JsonLine = WithoutVersion<DeepReadonly<v.InferInput<typeof jsonLine>>>;
