import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {joinPath} from '../../../source/domain/plan/layout.ts';
import {readPlainEntry, type SavedEntry} from '../../../source/domain/record/record.ts';
import {definePart, type Part, type PartCopy} from '../../../source/parts/part.ts';

const name = 'notes';

/** `pictures`: how many there are in the text, which cannot be saved. */
type NotesEntry = SavedEntry & {readonly digest: string; readonly pictures: number};

const countPictures = (text: string): number => text.split('(picture)').length - 1;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const isNotesEntry = (entry: unknown): entry is NotesEntry =>
	typeof entry === 'object' && entry !== null && 'digest' in entry;

/**
 * A made-up part of a repository: one text file, which is no git repository. `upstream` stands for
 * the server.
 */
export const makeNotes = (upstream: string): Part =>
	definePart<NotesEntry, string>({
		name,
		isRequired: false,
		suffix: '.notes',
		addressOf: (cloneUrl) => `${cloneUrl}/notes`,

		readEntry: (json) => {
			const entry = readPlainEntry(json);
			return isNotesEntry(entry) ? entry : undefined;
		},

		describe: (known, {settings}) => {
			const {pictures = 0} = known ?? {};
			return {
				note: known && 'with its notes',
				gaps:
					pictures === 0
						? []
						: [
								{
									what: 'pictures',
									detail: `${pictures} of them are too large`,
									advice: 'Make them smaller.',
									isAccepted: settings['notes'] === 'without pictures',
								},
							],
				json: {outcome: {pictures}, status: {pictures}},
			};
		},
		describeSource: (gaps) => ({notes: gaps.map(({repository}) => repository)}),

		look: async () =>
			existsSync(upstream)
				? {state: 'seen', seen: readFileSync(upstream, 'utf8')}
				: {state: 'missing'},
		decide: (known, look) =>
			look.state !== 'seen' || (known?.digest === digestOf(look.seen) && !known.damage)
				? {action: 'none', reason: 'unchanged'}
				: {action: 'update', reason: 'its notes changed'},
		isAsUpstream: (known, look) => look.state !== 'seen' || known?.digest === digestOf(look.seen),
		save: async ({files, folder, clock}, known, look) => {
			if (look.state !== 'seen') {
				throw new Error('nothing to save');
			}

			await files.makeFolder(joinPath(folder, name));
			await files.writeText(joinPath(folder, name, 'notes.txt'), look.seen);
			const changedAt = new Date(clock.now()).toISOString();
			const size = look.seen.length;
			return {
				entry: {
					state: 'saved',
					size,
					changedAt,
					digest: digestOf(look.seen),
					pictures: countPictures(look.seen),
				},
				how: 'updated',
				changes: [
					{ref: 'notes.txt', kind: 'created', from: known?.digest, to: digestOf(look.seen)},
				],
				received: size,
			};
		},

		hasCopy: async (copy) => (await readNotes(copy)) !== undefined,
		isOurs: async () => true,
		verify: async (copy, known) => {
			const text = await readNotes(copy);
			if (text === undefined) {
				return [{mirror: name, kind: 'mirror-missing'}];
			}

			return known === undefined || digestOf(text) === known.digest
				? []
				: [{mirror: name, kind: 'mirror-unreadable', detail: 'other words'}];
		},
		readState: async (_copy, known, at) => {
			const saved = known === undefined ? undefined : Date.parse(known.changedAt);
			return at !== undefined && (saved === undefined || saved > at)
				? {result: 'not-yet-saved', first: known?.changedAt}
				: {at: saved, head: undefined, refs: new Map()};
		},
		readNewest: async () => undefined,
		holdsState: async (copy, _state, target) =>
			(await copy.files.readText(joinPath(target, 'notes.txt'))) === (await readNotes(copy)),
		restore: async (copy, _state, target) =>
			copy.files.writeText(joinPath(target, 'notes.txt'), (await readNotes(copy)) ?? ''),
		push: async () => ({result: 'already-there'}),
		rehearse: async (copy, known) =>
			digestOf((await readNotes(copy)) ?? '') === known?.digest
				? {state: 'equal', refs: 0}
				: {state: 'different', detail: 'other words'},
	});

const readNotes = ({files, folder}: PartCopy): Promise<string | undefined> =>
	files.readText(joinPath(folder, name, 'notes.txt'));
