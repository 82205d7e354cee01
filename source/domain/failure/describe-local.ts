import {toExcerpt, toPrintable, withWords} from '../text/printable-text.ts';
import type {FailureText} from './describe-failure.ts';
import type {Failure, Resource} from './failure.ts';

type LocalKind =
	| 'git-failed'
	| 'git-unusable'
	| 'mirror-unusable'
	| 'checkout-refused'
	| 'record-newer'
	| 'record-unreadable'
	| 'repository-unusable'
	| 'repository-linked'
	| 'disk-full'
	| 'computer-limit'
	| 'folder-unusable'
	| 'folder-locked'
	| 'folder-locked-by-version'
	| 'defect';

const limits: Readonly<Record<Resource, FailureText>> = {
	files: {
		what: 'this computer lets the program open no more files',
		advice:
			'What was saved is whole. "ulimit -n" shows how many it may open (256 are enough): raise that, or close other programs. Then run cistern again.',
	},
	processes: {
		what: 'this computer lets the program start no more processes',
		advice:
			'What was saved is whole. "ulimit -u" shows how many this user may have, a container may allow fewer: raise that, close other programs, or save fewer at once (--concurrency). Then run cistern again.',
	},
	memory: {
		what: 'this computer has no memory left for git',
		advice:
			'What was saved is whole. Close other programs, raise the memory of the container, or save fewer at once (--concurrency). Then run cistern again.',
	},
};

/** What went wrong on this computer. */
export const describeLocal = (
	failure: Extract<Failure, {readonly kind: LocalKind}>,
): FailureText => {
	switch (failure.kind) {
		case 'git-failed':
			return {
				what: withWords('git failed', failure.detail),
				advice:
					'What was saved before is untouched. Run cistern again; if it stays, the log below .cistern/logs says more.',
			};
		case 'git-unusable':
			return {
				what: describeGit(failure.found, failure.detail),
				advice:
					'Install git 2.32 or newer (git-scm.com/downloads), so that "git version" shows it, and run cistern again. What was saved before is untouched.',
			};
		case 'mirror-unusable':
			return {
				what: withWords(`the copy in ${toPrintable(failure.path)} cannot be used`, failure.detail),
				advice:
					'Nothing in it was removed: the next backup sets it aside and saves the repository again. If it happens again, check the disk.',
			};
		case 'checkout-refused':
			return {
				what: `git does not write a file called ${toExcerpt(failure.file)}: it could be made to run what stands in it`,
				advice:
					'Nothing of it was written. --bare brings all of it back without its files; find out there who put this one in.',
			};
		case 'record-newer':
			return {
				what: `a newer version of Cistern wrote what lies in ${toPrintable(failure.path)}`,
				advice: 'It was left as it is. Install the newest version of Cistern, and run that.',
			};
		case 'record-unreadable':
			return {
				what: withWords(`its record ${toPrintable(failure.path)} cannot be read`, failure.detail),
				advice:
					'What is saved beside it was left as it is, and nothing new is saved until the record can be read: let this user read it; where something else lies in its place, move that away; where the disk reports an error, check the disk. Then run cistern again.',
			};
		case 'repository-linked':
			return {
				what: `${toPrintable(failure.path)} is a link, and Cistern saves and deletes nothing through one`,
				advice:
					'What it leads to was left as it is. Remove the link and move the real one into its place, or save this repository anew: remove the link alone. Then run cistern again.',
			};
		case 'repository-unusable':
			return {
				what: withWords(`${toPrintable(failure.path)} cannot be used`, failure.detail),
				advice:
					'It is in the way of this repository alone. Look what lies there: move it away, or let this user write to it; where the disk reports an error, check the disk. Then run cistern again.',
			};
		case 'disk-full':
			return {
				what: `no space is left for ${toPrintable(failure.path)}`,
				advice:
					'Make room (df -h shows what is left, df -i how many files), or take a larger disk. What was saved is whole; the next run carries on from there.',
			};
		case 'computer-limit':
			return limits[failure.lacks];
		case 'folder-unusable':
			return {
				what: withWords(`${toPrintable(failure.path)} cannot be used`, failure.detail),
				advice:
					'Check that the disk is there and not read-only, and that this user may write there; what else lies in this place, move away. Then run cistern again.',
			};
		case 'folder-locked':
			return {
				what: `another run holds ${toPrintable(failure.path)}: process ${failure.pid} on ${toPrintable(failure.host)}, since ${toPrintable(failure.since)}`,
				advice: failure.isVisible
					? 'Wait until it ends, or let the next run wait for it with --wait.'
					: 'Whether it still runs cannot be seen from here. After half an hour without a sign of life it is taken over; --wait waits for that, too. If its computer or container surely is off or gone, you may delete the file .cistern/lock in that folder.',
			};
		case 'folder-locked-by-version':
			return {
				what: `another version of Cistern holds ${toPrintable(failure.path)}`,
				advice:
					'Wait until it ends, or run that version. After half an hour without a sign of life it is taken over; --wait waits for that, too.',
			};
		case 'defect':
			return {
				what: withWords('a mistake in Cistern itself', failure.detail),
				advice: 'What was saved before is untouched. Please report it with these words.',
			};
	}
};

const describeGit = (found: string | undefined, detail: string): string => {
	const needed = 'Cistern needs git 2.32 or newer';
	return found === undefined
		? `git cannot be run (${detail === '' ? 'none was found' : toExcerpt(detail)}), and ${needed}`
		: `the installed git is ${toPrintable(found)}, and ${needed}`;
};
