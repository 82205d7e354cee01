import {Box} from 'ink';
import {describeTarget, type ReachedTarget} from '../../../domain/answers/target-answer.ts';
import {Ask, Notice} from '../layout.tsx';
import type {Option} from '../question.ts';
import {Select} from '../select.tsx';
import {
	accepted,
	reachedTargetFrom,
	type SetupQuestion,
	type TestMessage,
	type Values,
} from './form.ts';

/** Sends a test message to the target. Goes on by itself if it is accepted. */
export const testMessage: SetupQuestion = {
	id: 'testMessage',
	applies: ({values}) => reachedTargetFrom(values) !== undefined,
	canReturn: () => false,
	isAnswered: ({test, values}) =>
		test.state === 'done' && test.isAccepted && isSameTarget(test.about, reachedTargetFrom(values)),
	arrive: async ({ports, values}, {signal, update}) => {
		const about = reachedTargetFrom(values);
		if (about === undefined) {
			return undefined;
		}

		const show = (test: TestMessage): void => update((form) => ({...form, test}));
		show({state: 'running', lines: []});
		const reason = await ports.sendTest(about, signal);
		show({state: 'done', reason, about, isAccepted: false});
		return reason === undefined ? accepted('test') : undefined;
	},
	options: ({test, values}) =>
		test.state === 'done' && test.reason !== undefined ? corrections(values) : [],
	take: (_, {option}) => {
		switch (option) {
			case undefined:
				return undefined;
			case 'go-on':
				return accepted('test');
			default:
				return {kind: 'go', to: option};
		}
	},
	rows: ({test}) =>
		test.state !== 'done' || !test.isAccepted
			? []
			: [
					test.reason === undefined
						? {label: 'Test', value: 'accepted', note: 'look whether it has arrived'}
						: {label: 'Test', value: 'could not be sent', mark: 'attention'},
				],
	View: ({form: {test, values}}) => {
		const {target} = values;
		const name = target === undefined || target.kind === 'nobody' ? '' : describeTarget(target);
		return (
			<Ask title={`A test message to ${name}`}>
				{test.state === 'done' && test.reason !== undefined ? (
					<>
						<Notice kind="failed" text={`It could not be sent: ${test.reason}.`} />
						<Box marginTop={1} flexShrink={0}>
							<Select />
						</Box>
					</>
				) : (
					<Notice kind="running" text="sending" />
				)}
			</Ask>
		);
	},
};

const corrections = ({target, mailUser}: Values): readonly Option[] => [
	...(target?.kind === 'email' ? mailCorrections(mailUser) : []),
	{
		id: 'target',
		label: target?.kind === 'email' ? 'Change the address' : 'Change the link',
		detail: '',
	},
	{id: 'testMessage', label: 'Send it again', detail: ''},
	{id: 'go-on', label: 'Go on', detail: 'keep it as it is'},
];

const mailCorrections = (userName: string | undefined): readonly Option[] => [
	{id: 'mailServer', label: 'Change the mail server', detail: ''},
	{id: 'mailUser', label: 'Change the user name', detail: ''},
	...(userName === '' ? [] : [{id: 'mailPassword', label: 'Enter the password again', detail: ''}]),
];

const isSameTarget = (one: ReachedTarget, other: ReachedTarget | undefined): boolean =>
	other !== undefined && fingerprint(one) === fingerprint(other);

const fingerprint = (target: ReachedTarget): string =>
	target.kind === 'email'
		? [target.to, target.server, target.userName, target.password?.reveal()].join('\n')
		: `${target.kind} ${target.link.reveal()}`;
