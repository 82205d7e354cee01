import {Text} from 'ink';
import {
	type AccessLine,
	type AccessReport,
	replaceLine,
	type Suspect,
} from '../../../domain/access/access.ts';
import type {SourceAnswers} from '../../../domain/answers/wizard-answers.ts';
import {tokenGitUser} from '../../../domain/settings/settings.ts';
import type {Option} from '../question.ts';
import {CheckTable} from './check-table.tsx';
import {
	accepted,
	type Check,
	type SetupForm,
	type SetupOutcome,
	type SetupQuestion,
	sourceAnswersFrom,
	type Values,
	withValues,
} from './form.ts';
import {takeWorkspace} from './workspace.tsx';

/** The live check. Goes on by itself if all is good; otherwise offers corrections. */
export const check: SetupQuestion = {
	id: 'check',
	canReturn: () => false,
	isAnswered: ({check: last, values}) =>
		last.state === 'done' && last.isAccepted && isSameSignIn(last.about, values),
	options: ({check: last, values}) => {
		switch (last.state) {
			case 'done':
				return offers(last.report, values);
			case 'broken':
				return [again];
			default:
				return [];
		}
	},
	arrive: async ({ports, values}, {signal, update}) => {
		const about = sourceAnswersFrom(values);
		if (about === undefined) {
			return undefined;
		}

		const show = (next: Check): void => update((form) => ({...form, check: next}));
		show({state: 'running', lines: []});
		try {
			const onLine = (line: AccessLine): void => update((form) => withLine(form, line));
			const report = await ports.check(about, {signal, onLine});
			show({state: 'done', report, about, isAccepted: false});
			return report.verdict === 'good' ? accepted('check') : undefined;
		} catch (error) {
			show({state: 'broken', message: error instanceof Error ? error.message : String(error)});
			return undefined;
		}
	},
	take: (form, {option = ''}) => {
		const [action, subject = ''] = option.split(/:(.*)/s);
		const checkAgain = (values: Values): SetupOutcome => ({
			kind: 'go',
			to: 'check',
			change: withValues(values),
		});
		switch (action) {
			case 'again':
				return checkAgain({});
			case 'go-on':
				return accepted('check');
			case 'change': {
				const isGuest = form.values.access === 'public' && subject === 'token';
				return {kind: 'go', to: isGuest ? 'authName' : subject};
			}
			case 'name':
				return checkAgain({authName: subject});
			case 'use-token-name':
				return checkAgain({authName: ''});
			case 'workspace':
				return {kind: 'go', to: 'check', ...takeWorkspace(form, subject)};
			default:
				return undefined;
		}
	},
	rows: ({check: last}) => {
		if (last.state !== 'done' || !last.isAccepted) {
			return [];
		}

		const {lines, verdict} = last.report;
		const value = lines.find(({id}) => id === 'workspace')?.text ?? '';
		return verdict === 'good'
			? [{label: 'Checked', value}]
			: [{label: 'Checked', value, note: 'limited', mark: 'attention'}];
	},
	View: ({form: {check: last}}) => (
		<CheckTable title="Checking with Bitbucket" lines={linesOf(last)} labelWidth={20}>
			{last.state === 'broken' ? <Text>{last.message}</Text> : null}
		</CheckTable>
	),
};

const withLine = (form: SetupForm, line: AccessLine): SetupForm =>
	form.check.state === 'running'
		? {...form, check: {...form.check, lines: replaceLine(form.check.lines, line)}}
		: form;

const isSameSignIn = (about: SourceAnswers, values: Values): boolean => {
	const now = sourceAnswersFrom(values);
	return (
		now !== undefined &&
		about.workspace === now.workspace &&
		about.access === now.access &&
		about.authName === now.authName &&
		about.apiAuthName === now.apiAuthName &&
		about.token?.reveal() === now.token?.reveal()
	);
};

const again: Option = {id: 'again', label: 'Check again', detail: ''};

const changes: Readonly<Record<Suspect, string>> = {
	workspace: 'Change the workspace',
	authName: 'Change the user name',
	apiAuthName: 'Change the e-mail address',
	token: 'Enter another token',
};

const offers = (report: AccessReport, values: Values): readonly Option[] => [
	...(report.verdict === 'limited' ? [{id: 'go-on', label: 'Go on', detail: ''}] : []),
	...(report.suspects.includes('workspace') ? otherWorkspaces(report, values) : []),
	...(report.suspects.includes('authName') ? otherName(report, values) : []),
	...report.suspects.map((suspect) => ({
		id: `change:${suspect}`,
		label: values.access === 'public' && suspect === 'token' ? 'Sign in' : changes[suspect],
		detail: '',
	})),
	...(report.tokenNameWorks
		? [{id: 'use-token-name', label: `Use ${tokenGitUser}`, detail: 'works for every API token'}]
		: []),
	again,
];

const mostWorkspaces = 5;

const otherWorkspaces = ({workspaces}: AccessReport, values: Values): readonly Option[] =>
	workspaces
		.filter((id) => id !== values.workspace)
		.slice(0, mostWorkspaces)
		.map((id) => ({id: `workspace:${id}`, label: `Use the workspace ${id}`, detail: ''}));

const otherName = ({userName}: AccessReport, values: Values): readonly Option[] =>
	userName === undefined || userName === values.authName
		? []
		: [{id: `name:${userName}`, label: `Use ${userName}`, detail: 'your name at Bitbucket'}];

const linesOf = (last: Check): readonly AccessLine[] => {
	switch (last.state) {
		case 'running':
			return last.lines;
		case 'done':
			return last.report.lines;
		default:
			return [];
	}
};
