import {Box, Text} from 'ink';
import {isYetToCome, parsePointInTime} from '../../domain/history/point-in-time.ts';
import {AnsweredRows, type AskSurroundings, ask} from './ask.tsx';
import {Field} from './field.tsx';
import {Ask, Hints, useDisplay} from './layout.tsx';
import {
	type AnsweredRow,
	type Left,
	type Option,
	type Outcome,
	type Question,
	refused,
} from './question.ts';
import {Select} from './select.tsx';

type RestoreAnswers = {
	/** The `id` of a repository's option. */
	readonly repository: string;
	/** As `--at` takes it; undefined for the newest state. */
	readonly at: string | undefined;
	readonly folder: string;
};

export type RestoreResult = {readonly kind: 'answered'; readonly answers: RestoreAnswers};

type RestoreSituation = {
	/** Saved repositories; one with an empty id stands for all of them. */
	readonly repositories: readonly Option[];
	/** Milliseconds since 1970. */
	readonly now: number;
};

export type RestorePorts = {
	/** The moments that a repository was recorded at, the newest first; `id` as `--at` takes it. */
	readMoments(repository: string): Promise<readonly Option[]>;
	/** A sentence that says why a folder cannot be restored to; undefined if it can. */
	checkFolder(folder: string): Promise<string | undefined>;
};

export type RestoreForm = {
	readonly ports: RestorePorts;
	readonly situation: RestoreSituation;
	readonly repository: Option | undefined;
	/** Undefined while they are being read. */
	readonly moments: readonly Option[] | undefined;
	readonly moment: Option | undefined;
	readonly folder: string | undefined;
};

type RestoreQuestion = Question<RestoreForm, RestoreResult>;
type RestoreOutcome = Outcome<RestoreForm, RestoreResult>;

const answered = (changes: Partial<RestoreForm>): RestoreOutcome => ({
	kind: 'answered',
	change: (form) => ({...form, ...changes}),
});

/** As many options as fit. */
const LongSelect = () => {
	const {rows} = useDisplay();
	return <Select most={Math.max(1, Math.min(10, rows - 12))} />;
};

const repository: RestoreQuestion = {
	id: 'repository',
	isCounted: true,
	field: {
		label: 'repository',
		placeholder: 'type to find it',
		isFilter: true,
		propose: () => '',
	},
	options: ({situation}, text) =>
		situation.repositories.filter(({label}) =>
			label.toLowerCase().includes(text.trim().toLowerCase()),
		),
	take: ({situation}, {option}) => {
		const chosen = situation.repositories.find(({id}) => id === option);
		return chosen === undefined
			? refused('No saved repository has this name.')
			: answered({repository: chosen, moments: undefined});
	},
	rows: ({repository: chosen}) =>
		chosen === undefined ? [] : [{label: 'Repository', value: chosen.label}],
	View: () => (
		<Ask title="Which repository?">
			<Field />
			<LongSelect />
		</Ask>
	),
};

/** The only choice if the mirror's history cannot be read. */
const asLastSaved: Option = {id: '', label: 'last saved', detail: ''};

const moment: RestoreQuestion = {
	id: 'moment',
	isCounted: true,
	field: {label: 'time', placeholder: '3 Nov, 2026-11-03T14:00, 3 days ago', propose: () => ''},
	options: ({moments}) => moments ?? [asLastSaved],
	proposeOption: ({moments = [asLastSaved]}) => moments[0]?.id,
	arrive: async ({ports, repository: chosen}, {update}) => {
		const moments = await ports.readMoments(chosen?.id ?? '').catch(() => []);
		update((form) => ({...form, moments: moments.length === 0 ? [asLastSaved] : moments}));
		return undefined;
	},
	take: ({moments = [asLastSaved], situation: {now}}, {text, option}) => {
		const chosen = moments.find(({id}) => id === option);
		if (chosen !== undefined) {
			return answered({moment: chosen});
		}

		const at = parsePointInTime(text, now);
		if (at === undefined) {
			return refused('Write a day (3 Nov, 2026-11-03), a time (3 Nov 14:00) or "3 days ago".');
		}

		return isYetToCome(at, now)
			? refused('This time is in the future. Write an earlier one, or choose one.')
			: answered({moment: {id: text, label: text, detail: ''}});
	},
	rows: ({moment: chosen}) => (chosen === undefined ? [] : [{label: 'As of', value: chosen.label}]),
	View: ({form}) => (
		<Ask title="As of which time?">
			<Field />
			{form.moments === undefined ? <Text>{'  reading its history'}</Text> : <LongSelect />}
		</Ask>
	),
};

const folder: RestoreQuestion = {
	id: 'folder',
	isCounted: true,
	field: {
		label: 'folder',
		propose: ({repository: chosen}) =>
			chosen === undefined || chosen.id === ''
				? 'restored'
				: `restored/${chosen.label.split('/').at(-1)}`,
	},
	take: async ({ports, repository: chosen, moment: at}, {text}) => {
		if (text === '') {
			return refused('Type the folder to restore to.');
		}

		const problem = await ports.checkFolder(text);
		if (problem !== undefined || chosen === undefined) {
			return refused(problem ?? 'Go back and choose a repository.');
		}

		return {
			kind: 'finished',
			change: (form) => ({...form, folder: text}),
			result: {
				kind: 'answered',
				answers: {repository: chosen.id, at: at?.id || undefined, folder: text},
			},
		};
	},
	rows: ({folder: chosen}) => (chosen === undefined ? [] : [{label: 'To', value: chosen}]),
	View: () => (
		<Ask title="To which folder?">
			<Field />
			<Hints lines={['It is created if it does not exist. If it exists, it has to be empty.']} />
		</Ask>
	),
};

export const restoreQuestions: readonly RestoreQuestion[] = [repository, moment, folder];

export const startForm = (ports: RestorePorts, situation: RestoreSituation): RestoreForm => ({
	ports,
	situation,
	repository: undefined,
	moments: undefined,
	moment: undefined,
	folder: undefined,
});

type RestoreOptions = Pick<RestoreForm, 'ports' | 'situation'> & AskSurroundings;

/** Asks for the repository, the time and the folder. Needs a terminal on both sides. */
export const askForRestore = ({
	ports,
	situation,
	...options
}: RestoreOptions): Promise<RestoreResult | Left> =>
	ask<RestoreForm, RestoreResult>({
		...options,
		title: 'Restore a repository',
		questions: restoreQuestions,
		form: startForm(ports, situation),
		Farewell,
	});

type FarewellProps = {readonly form: RestoreForm; readonly result: RestoreResult | Left};

const Farewell = ({form, result}: FarewellProps) => {
	const rows: readonly AnsweredRow[] = restoreQuestions.flatMap((each) => each.rows?.(form) ?? []);
	return (
		<Box paddingLeft={2}>
			{result.kind === 'left' ? <Text>Nothing was restored.</Text> : <AnsweredRows rows={rows} />}
		</Box>
	);
};
