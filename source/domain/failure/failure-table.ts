import {formatCount, formatDate, formatSize} from '../text/format.ts';
import {toExcerpt, toPrintable, withWords} from '../text/printable-text.ts';
import {type ExitCode, exitCodes} from './exit-code.ts';
import type {
	Failure,
	FailureRow,
	FailureRows,
	FailureText,
	LocalFailure,
	Resource,
} from './failure.ts';
import {networkProblems} from './network-problems.ts';
import {oneFails, serverFailures} from './server-failures.ts';
import {storeFailures} from './store-failures.ts';

/** Nothing more can be saved on this computer. */
const runFails = {exitCode: exitCodes.failed, passes: false, reach: 'run'} as const;

const folderIsLocked = {exitCode: exitCodes.locked, passes: false, reach: 'source'} as const;

const localFailures: FailureRows<LocalFailure> = {
	'git-failed': {
		...oneFails,
		what: ({detail}) => withWords('git failed', detail),
		advice:
			'Earlier backups are untouched. Run cistern again; if it fails again, the newest log in .cistern/logs has the details.',
	},
	'git-unusable': {
		...runFails,
		what: ({found, detail}) => describeGit(found, detail),
		advice:
			'Install git 2.32 or newer (git-scm.com/downloads), check it with "git version", and run cistern again. Earlier backups are untouched.',
	},
	'mirror-unusable': {
		...oneFails,
		what: ({path, detail}) => withWords(`the copy in ${toPrintable(path)} cannot be used`, detail),
		advice:
			'Nothing in it was removed: the next backup sets it aside and saves the repository again. If it happens again, check the disk.',
	},
	'checkout-refused': {
		...oneFails,
		what: ({file}) =>
			`git refuses to check out a file named ${toExcerpt(file)}, because it could run code`,
		advice:
			'No file of the repository was written. --bare restores everything without its files; find out who added this one.',
	},
	'checkout-impossible': {
		...oneFails,
		what: ({file, detail}) =>
			withWords(`this disk cannot take the file ${toExcerpt(file)}`, detail),
		advice:
			'The saved copy is whole. --bare restores everything without its files; or restore to a disk that can take it.',
	},
	'record-newer': {
		...oneFails,
		what: ({path}) => `a newer version of Cistern wrote ${toPrintable(path)}`,
		advice: 'It was left as it is. Install the newest version of Cistern, and run that.',
	},
	'record-unreadable': {
		...oneFails,
		what: ({path, detail}) => withWords(`its record ${toPrintable(path)} cannot be read`, detail),
		advice:
			'Its backup was left as it is, and nothing new is saved until the record can be read. Give this user the right to read it; if something else stands in its place, move that away; if the disk reports an error, check the disk. Then run cistern again.',
	},
	'repository-linked': {
		...oneFails,
		what: ({path}) =>
			`${toPrintable(path)} is a link, and Cistern never saves or deletes through a link`,
		advice:
			'The target of the link was left as it is. Either remove the link and move its target here, or remove the link alone to save this repository anew. Then run cistern again.',
	},
	'repository-unusable': {
		...oneFails,
		what: ({path, detail}) => withWords(`${toPrintable(path)} cannot be used`, detail),
		advice:
			'Only this repository is affected. See what is there, then move it or make it writable for this user; if the disk reports an error, check the disk. Then run cistern again.',
	},
	'disk-full': {
		...runFails,
		what: ({path}) => `no space is left for ${toPrintable(path)}`,
		advice:
			'Free some space or use a larger disk; df -h shows the space that is left, and df -i the number of files. Everything saved so far is whole; the next run continues from there.',
	},
	'no-room': {
		exitCode: exitCodes.failed,
		passes: false,
		reach: 'repository',
		what: ({path, size, free}) =>
			`no space is left for ${toPrintable(path)}${size === 0 ? '' : `: it takes ${formatSize(size)}, as Bitbucket counts it, and ${formatSize(free)} are free`}`,
		advice:
			'Free some space or use a larger disk; df -h shows the space that is left, and df -i the number of files. Everything that fit is saved and whole; the next run continues from there.',
	},
	'computer-limit': {...runFails, describe: ({lacks}) => limits[lacks]},
	'folder-unusable': {
		...runFails,
		what: ({path, detail}) => withWords(`${toPrintable(path)} cannot be used`, detail),
		advice:
			'Check that the disk is mounted and not read-only, and that this user may write there; if something else stands in its place, move that away. Then run cistern again.',
	},
	'folder-locked': {
		...folderIsLocked,
		what: ({path, pid, host, since}) =>
			`another run holds ${toPrintable(path)}: process ${pid} on ${toPrintable(host)}, since ${toPrintable(since)}`,
		advice: ({isVisible}) =>
			isVisible
				? 'Wait until it ends, or let the next run wait for it with --wait.'
				: 'This computer cannot tell whether that run is alive. After half an hour without a sign of life the next run takes over; --wait waits for that, too. If its computer or container is certainly off or gone, you may delete the file .cistern/lock in that folder.',
	},
	'folder-locked-by-version': {
		...folderIsLocked,
		what: ({path}) => `another version of Cistern holds ${toPrintable(path)}`,
		advice:
			'Wait until it ends, or run that version. After half an hour without a sign of life the next run takes over; --wait waits for that, too.',
	},
	'backup-missing': {
		exitCode: exitCodes.failed,
		passes: false,
		reach: 'source',
		what: ({path, at, repositories}) =>
			`nothing is there of the backup in ${toPrintable(path)}: ${formatCount(repositories, 'repository was', 'repositories were')} completely saved there on ${formatDate(at)}`,
		advice:
			'Is a disk not mounted? Nothing was written. Mount it, or correct localFolder, and run cistern again. To begin a new backup there on purpose, run cistern --start-over once.',
	},
	defect: {
		exitCode: exitCodes.failed,
		passes: false,
		reach: 'repository',
		what: ({detail}) => withWords('a bug in Cistern', detail),
		advice: 'Earlier backups are untouched. Please report it with these words.',
	},
};

const limits: Readonly<Record<Resource, FailureText>> = {
	files: {
		what: 'this computer lets the program open no more files',
		advice:
			'Everything saved so far is whole. "ulimit -n" shows the number of files it may open (256 are enough): raise it, or close other programs. Then run cistern again.',
	},
	processes: {
		what: 'this computer lets the program start no more processes',
		advice:
			'Everything saved so far is whole. "ulimit -u" shows the number of processes this user may have, and a container may allow fewer: raise it, close other programs, or save fewer repositories at once (--concurrency). Then run cistern again.',
	},
	memory: {
		what: 'this computer has no memory left for git',
		advice:
			'Everything saved so far is whole. Close other programs, raise the memory of the container, or save fewer repositories at once (--concurrency). Then run cistern again.',
	},
};

const describeGit = (found: string | undefined, detail: string): string => {
	const needed = 'Cistern needs git 2.32 or newer';
	return found === undefined
		? `git cannot be run (${detail === '' ? 'none was found' : toExcerpt(detail)}), and ${needed}`
		: `the installed git is ${toPrintable(found)}, and ${needed}`;
};

const table = {
	...serverFailures,
	...localFailures,
	...storeFailures,
} satisfies FailureRows<Failure>;

/** The compiler cannot see that the row of a failure's kind takes that failure; the table's type says so. */
const rowOf = (failure: Failure): FailureRow<Failure> => table[failure.kind] as FailureRow<Failure>;

/** The failure in words for the user. Safe to print. */
export const describeFailure = (failure: Failure): FailureText => {
	const row = rowOf(failure);
	if ('describe' in row) {
		return row.describe(failure);
	}

	const say = (words: typeof row.what): string =>
		typeof words === 'string' ? words : words(failure);
	return {what: say(row.what), advice: say(row.advice)};
};

/** The exit code for this failure alone. */
export const exitCodeOf = (failure: Failure): ExitCode => rowOf(failure).exitCode;

/** Might the same request succeed a little later? */
export const isPassing = (failure: Failure): boolean => {
	const {passes} = rowOf(failure);
	return typeof passes === 'boolean' ? passes : passes(failure);
};

/** Does this failure end the whole run? */
export const endsTheRun = (failure: Failure): boolean => rowOf(failure).reach === 'run';

/** Were credentials refused, or do they lack a permission? */
export const isRefusal = (failure: Failure): boolean => exitCodeOf(failure) === exitCodes.refused;

/** Is a resource of this computer used up, whichever repository comes next? */
export const isLimit = (failure: Failure): boolean => failure.kind === 'computer-limit';

/** Is the host out of reach for every request? */
export const isOutage = (failure: Failure): boolean =>
	failure.kind === 'network' && networkProblems[failure.problem].isOutage;

/** Did no answer come in time? */
export const isSilence = (failure: Failure): boolean =>
	failure.kind === 'network' && failure.problem === 'timeout';

/** Did the other side, or the line to it, end a connection early? */
export const isCut = (failure: Failure): boolean =>
	failure.kind === 'network' &&
	(failure.problem === 'connection-reset' || failure.problem === 'cut-short');
