import {useReducer} from 'react';
import type {WizardResult} from '../../domain/answers/wizard-answers.ts';
import {Answered} from './answered.tsx';
import {CurrentQuestion} from './current-question.tsx';
import {Farewell} from './farewell.tsx';
import {keysFor} from './keys-for.ts';
import {LooksProvider, useLooks} from './look-context.tsx';
import {QuestionScreen} from './question-screen.tsx';
import {startWizard} from './start-wizard.ts';
import {countedSteps} from './steps.ts';
import {takeBackEscape} from './take-back-escape.ts';
import {useResult} from './use-result.ts';
import {useWizardKeys} from './use-wizard-keys.ts';
import {useWizardRequests} from './use-wizard-requests.ts';
import type {Look, WizardPorts, WizardSituation} from './wizard-ports.ts';
import {reduceWizard} from './wizard-reducer.ts';
import type {WizardState} from './wizard-state.ts';

type Props = {
	readonly ports: WizardPorts;
	readonly situation: WizardSituation;
	readonly look: Look;
	readonly onResult: (result: WizardResult) => void;
};

const reduceKeys = takeBackEscape(reduceWizard);

/** Draws the wizard's state and feeds it what is typed and what comes back. */
export const Wizard = ({ports, situation, look, onResult}: Props) => {
	const [{state}, dispatch] = useReducer(reduceKeys, situation, (first) => ({
		state: startWizard(first),
		before: undefined,
	}));
	useWizardKeys(dispatch);
	useWizardRequests({state, dispatch, ports});
	const {result} = state;
	useResult(result, onResult);
	return (
		<LooksProvider look={look}>
			{result === undefined ? <Screen state={state} /> : <Farewell state={state} />}
		</LooksProvider>
	);
};

const Screen = ({state}: {readonly state: WizardState}) => {
	const {hasUnicode} = useLooks();
	const index = countedSteps.indexOf(state.step);
	return (
		<QuestionScreen
			title="Cistern keeps what is in your Bitbucket."
			number={index === -1 ? undefined : index + 1}
			count={countedSteps.length}
			answered={<Answered state={state} />}
			problem={state.problem}
			keys={keysFor(state, hasUnicode)}
		>
			<CurrentQuestion state={state} />
		</QuestionScreen>
	);
};
