import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import type {Gap, PartSettings} from '../../domain/record/gap.ts';
import {readPlainEntry, type SavedEntry} from '../../domain/record/record.ts';
import {definePart} from '../part.ts';

const name = 'lfs';

/** `usesLfs`: its default branch uses Git LFS, and the LFS files are not saved. */
type LfsEntry = SavedEntry & {readonly usesLfs: boolean};

/** Large files beside the repository, to which git holds only pointers. Their absence is noticed. */
export const lfs = definePart<LfsEntry, undefined>({
	name,
	isRequired: false,
	isCompanion: true,

	readEntry: (json) => {
		const entry = readPlainEntry(json);
		return isLfsEntry(entry) ? entry : undefined;
	},

	describe: (known, settings) => {
		const usesLfs = known?.usesLfs === true;
		return {
			gaps: usesLfs ? [gapOf(settings)] : [],
			json: {outcome: {usesLfs}, status: {usesLfs}, restored: {usesLfs}},
		};
	},
	describeSource: (gaps) => ({lfs: gaps.map(({repository}) => repository)}),

	look: async () => ({state: 'seen', seen: undefined}),

	decide: (known, look, before) => {
		if (before?.action === 'clone' || before?.action === 'update') {
			return before;
		}

		return known === undefined && look.state === 'seen'
			? {action: 'update', reason: 'its LFS files were never looked for'}
			: {action: 'none', reason: 'unchanged'};
	},

	isAsUpstream: () => true,

	save: async ({git, folder, run}, known) => {
		const usesLfs = await git.usesLfs(joinPath(folder, repoFolder));
		const changedAt = known?.changedAt ?? new Date(run.at).toISOString();
		return {
			entry: {state: 'saved', size: 0, changedAt, usesLfs},
			how: 'same',
			changes: [],
			received: 0,
		};
	},

	verify: async () => [],
});

const isLfsEntry = (entry: unknown): entry is LfsEntry =>
	typeof entry === 'object' &&
	entry !== null &&
	'usesLfs' in entry &&
	typeof entry.usesLfs === 'boolean';

const gapOf = (settings: PartSettings): Gap => ({
	what: 'LFS files',
	advice: 'With "lfs: ignore" in the settings it counts as complete.',
	isAccepted: settings['lfs'] === 'ignore',
});
