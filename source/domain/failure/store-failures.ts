import {indexFolder, listingsFolder} from '../store/names.ts';
import {toExcerpt, withWords} from '../text/printable-text.ts';
import {exitCodes} from './exit-code.ts';
import type {FailureRows, StoreFailure} from './failure.ts';

const cannotWork = {exitCode: exitCodes.failed, passes: false, reach: 'source'} as const;

/** The store lacks something or holds something else. A backup in a folder is not touched. */
const storeLacks = {exitCode: exitCodes.incomplete, passes: false, reach: 'source'} as const;

const verbs = {read: 'read from', write: 'write to', list: 'list'} as const;

export const storeFailures: FailureRows<StoreFailure> = {
	'store-refused': {
		exitCode: exitCodes.refused,
		passes: false,
		reach: 'source',
		what: ({store, action, detail}) =>
			withWords(`the store ${toExcerpt(store)} does not let us ${verbs[action]} it`, detail),
		advice:
			'Check the keys below stores in the settings, and the rights that they have there: docs/off-site.md lists those that are needed. Nothing that is saved is lost.',
	},
	'store-missing': {
		...cannotWork,
		what: ({store, detail}) => withWords(`the store ${toExcerpt(store)} is not there`, detail),
		advice:
			'If it is a disk or a share: is it mounted? Make the folder or the bucket by hand, once, so that a missing one is never taken for an empty one. Nothing that is saved is lost.',
	},
	'store-full': {
		...storeLacks,
		what: ({store, detail}) => withWords(`the store ${toExcerpt(store)} is full`, detail),
		advice:
			'Give it more room. The next backup sends what is missing; cistern send sends it at once from a folder. Nothing that is saved is lost.',
	},
	'object-missing': {
		...storeLacks,
		what: ({store, name}) => `the store ${toExcerpt(store)} does not have ${toExcerpt(name)}`,
		advice:
			'A rule of the store may have removed it. The next full copy of the repository makes it whole again, and "cistern send REPO" makes one at once from a folder. Older states that need it are gone from this store.',
	},
	'object-damaged': {
		...storeLacks,
		what: ({store, name, detail}) =>
			withWords(
				name === ''
					? 'something in the store is not as it was written'
					: `the object ${toExcerpt(name)} in the store ${toExcerpt(store)} is not as it was written`,
				detail,
			),
		advice: ({name}) => adviseOnDamage(name),
	},
	'object-newer': {
		...storeLacks,
		what: ({store, name}) =>
			`a newer version of Cistern wrote ${toExcerpt(name)} in the store ${toExcerpt(store)}`,
		advice: 'Nothing of it was used. Install the newest version of Cistern, and run that.',
	},
	'recipient-refused': {
		...cannotWork,
		what: ({recipient, detail}) =>
			withWords(`the recipient ${toExcerpt(recipient)} is none of age`, detail),
		advice:
			'The recipients in the settings are public keys, which begin with age1. cistern key makes a pair.',
	},
	'identity-refused': {
		...cannotWork,
		what: ({store, detail}) =>
			withWords(
				store === undefined
					? 'this store cannot be opened'
					: `the store ${toExcerpt(store)} cannot be opened`,
				detail,
			),
		advice:
			'Name the file that holds the secret key of one of the recipients: --identity FILE. The key begins with AGE-SECRET-KEY-. A run without a folder takes its own key, below runner in the settings: docs/scale.md says what it needs after that key was changed.',
	},
};

const adviseOnDamage = (name: string): string => {
	if (name.startsWith(indexFolder)) {
		return 'Nothing was read or written by it. Put it back from another copy: an earlier version in the bucket, or a copy of the disk. If there is none, move it out of the store with keys that may delete. The next run then builds on the index objects before it; old states that this one alone named do not show any more.';
	}

	return name.startsWith(listingsFolder)
		? 'Nothing of it was used. cistern list --to with the title of the store writes a new one.'
		: 'Nothing of it was used. Take the repository from another copy, or an earlier state of it with restore --store --at, and check the disk or the bucket. "cistern send REPO", on the machine that backs up, sends it whole again.';
};
