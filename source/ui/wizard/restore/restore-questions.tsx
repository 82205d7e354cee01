import {Box, Text} from 'ink';
import {useEffect, useReducer} from 'react';
import {LooksProvider, useLooks} from '../look-context.tsx';
import {Mark} from '../mark.tsx';
import {Hints, Question} from '../question.tsx';
import {QuestionScreen} from '../question-screen.tsx';
import {Select} from '../select.tsx';
import {takeBackEscape} from '../take-back-escape.ts';
import {TextField} from '../text-field.tsx';
import {useResult} from '../use-result.ts';
import {useWizardKeys} from '../use-wizard-keys.ts';
import type {Look} from '../wizard-ports.ts';
import {choicesFor, reduceQuestions, startQuestions} from './restore-questions-reducer.ts';
import {
	type RestorePorts,
	type RestoreQuestionsState,
	type RestoreResult,
	type RestoreSituation,
	restoreSteps,
} from './restore-questions-state.ts';

type Props = {
	readonly ports: RestorePorts;
	readonly situation: RestoreSituation;
	readonly look: Look;
	readonly onResult: (result: RestoreResult) => void;
};

const reduceKeys = takeBackEscape(reduceQuestions);

/** Draws the questions' state and feeds it what is typed and what comes back. */
export const RestoreQuestions = ({ports, situation, look, onResult}: Props) => {
	const [{state}, dispatch] = useReducer(reduceKeys, situation, (first) => ({
		state: startQuestions(first),
		before: undefined,
	}));
	useWizardKeys(dispatch);
	const {repository, checking, result} = state;
	useEffect(() => {
		if (repository !== undefined) {
			const {id} = repository;
			void ports
				.readMoments(id)
				.catch(() => [])
				.then((moments) => dispatch({type: 'moments-read', repository: id, moments}));
		}
	}, [repository, ports]);
	useEffect(() => {
		if (checking !== undefined) {
			void ports
				.checkFolder(checking)
				.catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
				.then((problem) => dispatch({type: 'folder-checked', folder: checking, problem}));
		}
	}, [checking, ports]);
	useResult(result, onResult);
	return (
		<LooksProvider look={look}>
			{result === undefined ? (
				<Screen state={state} />
			) : (
				<Box paddingLeft={2}>
					<Answered state={state} />
				</Box>
			)}
		</LooksProvider>
	);
};

const Screen = ({state}: {readonly state: RestoreQuestionsState}) => {
	const {hasUnicode} = useLooks();
	return (
		<QuestionScreen
			title="Bring a repository back."
			number={restoreSteps.indexOf(state.step) + 1}
			count={restoreSteps.length}
			answered={<Answered state={state} />}
			problem={state.problem}
			keys={keysFor(state, hasUnicode)}
		>
			<CurrentQuestion state={state} />
		</QuestionScreen>
	);
};

const keysFor = (state: RestoreQuestionsState, hasUnicode: boolean): readonly string[] => [
	...(choicesFor(state).length > 0 ? [`${hasUnicode ? '↑↓' : 'up/down'} choose`] : []),
	'enter next',
	...(state.step === 'repository' ? [] : ['esc back']),
	'ctrl-c leave',
];

/** What was answered so far; it stays on the screen when all is. */
const Answered = ({state}: {readonly state: RestoreQuestionsState}) => {
	const {repository, moment, checking, result, step} = state;
	if (result?.kind === 'left') {
		return <Text>{'Nothing was restored.'}</Text>;
	}

	const lines = [
		...(repository === undefined || step === 'repository' ? [] : [repository.label]),
		...(moment === undefined || step !== 'folder' ? [] : [`as of ${moment.label}`]),
		...(result === undefined || checking === undefined ? [] : [`to ${checking}`]),
	];
	return (
		<Box flexDirection="column" flexShrink={0}>
			{lines.map((line) => (
				<Box key={line}>
					<Mark kind="done" />
					<Text wrap="truncate">{` ${line}`}</Text>
				</Box>
			))}
		</Box>
	);
};

const CurrentQuestion = ({state}: {readonly state: RestoreQuestionsState}) => {
	const {rows} = useLooks();
	const choices = choicesFor(state);
	const most = Math.max(1, Math.min(10, rows - 12));
	const list =
		choices.length === 0 ? null : <Select options={choices} chosen={state.row - 1} most={most} />;
	switch (state.step) {
		case 'repository':
			return (
				<Question title="Which repository?">
					<TextField
						label="repository"
						editor={state.editor}
						isActive={true}
						placeholder="type to find it"
					/>
					{list}
				</Question>
			);
		case 'moment':
			return (
				<Question title="As it was when?">
					<TextField
						label="time"
						editor={state.editor}
						isActive={state.row === 0}
						placeholder="3 Nov, 2026-11-03T14:00, 3 days ago"
					/>
					{state.moments === undefined ? <Text>{'  reading its history'}</Text> : list}
				</Question>
			);
		case 'folder':
			return (
				<Question title="To which folder?">
					<TextField label="folder" editor={state.editor} isActive={state.checking === undefined} />
					<Hints lines={['It is made where there is none. One that is not empty is refused.']} />
				</Question>
			);
	}
};
