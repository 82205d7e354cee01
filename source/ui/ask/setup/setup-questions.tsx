import {Box, Text} from 'ink';
import type {WizardResult} from '../../../domain/answers/wizard-answers.ts';
import {onlyGiven} from '../../../domain/given.ts';
import {type AskSurroundings, ask} from '../ask.tsx';
import {Mark, VariableLine} from '../layout.tsx';
import type {Left} from '../question.ts';
import {bucket, bucketKeyId, bucketSecret} from './bucket.tsx';
import {check} from './check.tsx';
import {folder} from './folder.tsx';
import {
	folderInUse,
	rememberable,
	type SetupForm,
	type SetupPorts,
	type SetupQuestion,
	type SetupSituation,
	type Values,
} from './form.ts';
import {mailPassword, mailServer, mailUser} from './mail.tsx';
import {linger, night} from './night.tsx';
import {review} from './review.tsx';
import {ownKeys, sealingKey} from './sealing-key.tsx';
import {copyFolder, secondCopy} from './second-copy.tsx';
import {apiAuthName, authName, publicOnly} from './sign-in.tsx';
import {start} from './start.tsx';
import {target} from './target.tsx';
import {testMessage} from './test-message.tsx';
import {token} from './token.tsx';
import {tokenPlace} from './token-place.tsx';
import {tryStore} from './try-store.tsx';
import {type, workspace} from './workspace.tsx';

/** In the order in which they are asked. */
export const setupQuestions: readonly SetupQuestion[] = [
	start,
	workspace,
	type,
	authName,
	publicOnly,
	apiAuthName,
	token,
	check,
	folder,
	tokenPlace,
	target,
	mailServer,
	mailUser,
	mailPassword,
	testMessage,
	night,
	linger,
	secondCopy,
	copyFolder,
	bucket,
	bucketKeyId,
	bucketSecret,
	sealingKey,
	ownKeys,
	tryStore,
	review,
];

type SetupOptions = Pick<SetupForm, 'ports' | 'situation'> & AskSurroundings;

/** The wizard. Needs a terminal on both sides. */
export const runWizard = ({ports, situation, ...options}: SetupOptions): Promise<WizardResult> =>
	ask<SetupForm, WizardResult>({
		...options,
		title: 'Set up the backup of a Bitbucket workspace',
		questions: setupQuestions,
		form: startForm(ports, situation),
		onAnswer: ({values}) => ports.remember(rememberable(values)),
		Farewell,
	});

export const startForm = (ports: SetupPorts, situation: SetupSituation): SetupForm => ({
	ports,
	situation,
	values: carriedValues(situation),
	lookup: undefined,
	check: {state: 'idle'},
	test: {state: 'idle'},
	pair: undefined,
	trial: {state: 'idle'},
	preview: '',
	savedTo: undefined,
});

/**
 * One more workspace needs only its id and type. An access token is good for a single workspace, so
 * with one the sign-in is asked again.
 */
const carriedValues = ({carried}: SetupSituation): Values => {
	if (carried === undefined) {
		return {};
	}

	const {access, authName, apiAuthName, token, folder, tokenPlace} = carried;
	const kept: Values = {start: {replaces: undefined}, folder: folderInUse(folder)};
	const publicOnly = access === 'public' ? (true as const) : undefined;
	return access === 'access-token'
		? kept
		: {
				...kept,
				access,
				authName,
				apiAuthName,
				...onlyGiven({publicOnly, token, tokenPlace}),
			};
};

type FarewellProps = {readonly form: SetupForm; readonly result: WizardResult | Left};

const Farewell = ({form: {savedTo, values, situation}, result}: FarewellProps) => {
	if (result.kind === 'left') {
		return (
			<Box paddingLeft={2}>
				<Text>Nothing was set up. Your answers, without the token, are kept for next time.</Text>
			</Box>
		);
	}

	return savedTo === undefined ? null : (
		<Box flexDirection="column" paddingLeft={2} marginBottom={1}>
			<Box>
				<Mark kind="done" />
				<Text>{` Settings saved in ${savedTo}`}</Text>
			</Box>
			<Box paddingLeft={2}>
				<VariableLine
					place={values.tokenPlace}
					intro={`For the next run, add this line to ${situation.shellProfile}, with your token:`}
				/>
			</Box>
		</Box>
	);
};
