import {Box} from 'ink';
import {useEffect, useReducer} from 'react';
import type {WizardResult} from '../../domain/answers/wizard-answers.ts';
import {Answered} from './answered.tsx';
import {CurrentQuestion} from './current-question.tsx';
import {Farewell} from './farewell.tsx';
import {Header} from './header.tsx';
import {KeysLine} from './keys-line.tsx';
import {LooksProvider, useLooks} from './look-context.tsx';
import {Problem} from './question.tsx';
import {startWizard} from './start-wizard.ts';
import {takeBackEscape} from './take-back-escape.ts';
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
	useEffect(() => {
		if (result !== undefined) {
			onResult(result);
		}
	}, [result, onResult]);
	return (
		<LooksProvider look={look}>
			{result === undefined ? <Screen state={state} /> : <Farewell state={state} />}
		</LooksProvider>
	);
};

/** Never higher than the terminal: a higher one is wiped and painted anew at every key. */
const Screen = ({state}: {readonly state: WizardState}) => {
	const {rows} = useLooks();
	return (
		<Box flexDirection="column" paddingLeft={2} maxHeight={rows - 1} overflowY="hidden">
			<Header step={state.step} />
			<Answered state={state} />
			<Box marginTop={1} flexDirection="column" flexShrink={1}>
				<CurrentQuestion state={state} />
			</Box>
			<Problem text={state.problem} />
			<KeysLine state={state} />
		</Box>
	);
};
