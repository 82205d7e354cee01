import type {AccessLine} from '../../../domain/access/access.ts';
import type {StoreAnswer} from '../../../domain/answers/store-answer.ts';
import {Mark} from '../layout.tsx';
import type {Option} from '../question.ts';
import {CheckTable} from './check-table.tsx';
import {
	accepted,
	isCopied,
	type SetupForm,
	type SetupQuestion,
	type StoreTrial,
	storeAnswerFrom,
	withValues,
} from './form.ts';

/** Tries the store before it is written into the settings. Goes on by itself if nothing is to be said. */
export const tryStore: SetupQuestion = {
	id: 'tryStore',
	applies: isCopied,
	canReturn: () => false,
	// The table needs the room.
	hidesAnswered: true,
	isAnswered: (form) => {
		const {trial} = form;
		return trial.state === 'done' && trial.isAccepted && isSameStore(trial.about, form);
	},
	arrive: async (form, {signal, update}) => {
		const about = storeAnswerFrom(form);
		if (about === undefined) {
			return undefined;
		}

		const lines: AccessLine[] = [];
		const show = (trial: StoreTrial): void => update((current) => ({...current, trial}));
		show({state: 'running', lines});
		const onLine = (line: AccessLine): void => {
			lines.push(line);
			show({state: 'running', lines: [...lines]});
		};
		const isUsable = await form.ports.tryStore(about, {signal, onLine}).catch((error: unknown) => {
			onLine(lineOf(error));
			return false;
		});
		show({state: 'done', lines, isUsable, about, isAccepted: false});
		return isUsable && lines.every(({state}) => state === 'ok') ? accepted('trial') : undefined;
	},
	options: ({trial, values}) => (trial.state === 'done' ? offers(trial.isUsable, values.copy) : []),
	take: (_, {option}) => {
		switch (option) {
			case undefined:
				return undefined;
			case 'go-on':
				return accepted('trial');
			case 'later':
				return {kind: 'answered', change: withValues({copy: option})};
			case 'bucketKeyId':
				return {kind: 'go', to: option, change: withoutSecret};
			default:
				return {kind: 'go', to: option};
		}
	},
	View: ({form: {trial}}) => (
		<CheckTable
			title="Trying the second copy"
			lines={trial.state === 'idle' ? [] : trial.lines}
			labelWidth={12}
		>
			{trial.state === 'done' ? null : <Mark kind="running" />}
		</CheckTable>
	),
};

/** An error that nothing here expects. */
const lineOf = (error: unknown): AccessLine => ({
	id: 'store',
	label: 'store',
	state: 'failed',
	text: error instanceof Error ? error.message : String(error),
	consequence: undefined,
});

/** Another key has another secret. */
const withoutSecret = ({
	values: {secretAccessKey: _secret, ...values},
	...form
}: SetupForm): SetupForm => ({...form, values});

const offers = (isUsable: boolean, copy: SetupForm['values']['copy']): readonly Option[] => [
	...(isUsable ? [{id: 'go-on', label: 'Go on', detail: ''}] : []),
	...(copy === 's3'
		? [
				{id: 'bucket', label: 'Change the bucket', detail: ''},
				{id: 'bucketKeyId', label: 'Change its key', detail: ''},
			]
		: [{id: 'copyFolder', label: 'Change the folder', detail: ''}]),
	{id: 'tryStore', label: 'Try it again', detail: ''},
	{id: 'later', label: 'No second copy for now', detail: ''},
];

const isSameStore = (one: StoreAnswer, form: SetupForm): boolean => {
	const other = storeAnswerFrom(form);
	return other !== undefined && fingerprint(one) === fingerprint(other);
};

const fingerprint = ({recipients, place}: StoreAnswer): string =>
	JSON.stringify([
		recipients,
		place,
		place.type === 's3' ? place.secretAccessKey.reveal() : undefined,
	]);
