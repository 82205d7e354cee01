import {Box, Text} from 'ink';
import {readRecipients} from '../../../domain/answers/store-answer.ts';
import {formatCount} from '../../../domain/text/format.ts';
import {Field} from '../field.tsx';
import {Ask, Hints, Notice, Paragraph, useDisplay} from '../layout.tsx';
import {refused} from '../question.ts';
import {Select} from '../select.tsx';
import {answered, isCopied, type SetupQuestion} from './form.ts';

/** Makes the pair of keys that the second copy is sealed for, and shows the secret one, once. */
export const sealingKey: SetupQuestion = {
	id: 'sealingKey',
	applies: isCopied,
	// The key needs the room.
	hidesAnswered: true,
	isAnswered: ({values}) => values.keyChoice !== undefined,
	arrive: async ({ports, pair}, {update}) => {
		if (pair === undefined) {
			const made = await ports.makeKeyPair();
			update((form) => ({...form, pair: made}));
		}

		return undefined;
	},
	options: ({pair}) => [
		...(pair === undefined ? [] : [{id: 'made', label: 'I have kept it', detail: ''}]),
		{id: 'own', label: 'Use public keys of mine', detail: 'made with age'},
	],
	proposeOption: ({values}) => values.keyChoice,
	take: (_, {option}) =>
		option === 'made' || option === 'own' ? answered({keyChoice: option}) : undefined,
	rows: ({values: {keyChoice}}) =>
		keyChoice === 'made' ? [{label: 'Opened by', value: 'the key that was shown'}] : [],
	View: ({form: {pair}}) => (
		<Ask title="Keep this key: only it opens the second copy">
			{pair === undefined ? (
				<Notice kind="running" text="making a pair of keys" />
			) : (
				<SecretKey text={pair.identity} />
			)}
			<Box marginTop={1} flexShrink={0}>
				<Select />
			</Box>
		</Ask>
	),
};

/** The explanation gives way where the terminal is low, and the key does not. */
const SecretKey = ({text}: {readonly text: string}) => {
	const {style} = useDisplay();
	return (
		<>
			<Box marginTop={1} flexShrink={0}>
				<Text wrap="hard">{style('bold', text)}</Text>
			</Box>
			<Box marginTop={1} overflowY="hidden">
				<Box flexShrink={0}>
					<Paragraph
						text="It is shown only here, and Cistern keeps it nowhere. Copy it into a password manager, and onto paper for a safe. Do not save it on this computer: it opens everything in the copy. The settings get only the public key that belongs to it."
						indent={4}
					/>
				</Box>
			</Box>
		</>
	);
};

/** Public keys that the user has already. */
export const ownKeys: SetupQuestion = {
	id: 'ownKeys',
	applies: (form) => isCopied(form) && form.values.keyChoice === 'own',
	isAnswered: ({values}) => values.ownKeys !== undefined,
	field: {
		label: 'public keys',
		placeholder: 'age1...',
		propose: ({values}) => values.ownKeys?.join(' ') ?? '',
	},
	take: (_, {text}) => {
		const keys = readRecipients(text);
		// A secret key must not stay on the screen.
		return typeof keys === 'string' ? refused(keys, '') : answered({ownKeys: keys});
	},
	rows: ({values: {keyChoice, ownKeys: keys}}) =>
		keyChoice !== 'own' || keys === undefined
			? []
			: [{label: 'Opened by', value: formatCount(keys.length, 'key of yours', 'keys of yours')}],
	View: () => (
		<Ask title="Which public keys is it sealed for?">
			<Field />
			<Hints
				lines={[
					'Each secret key opens everything. With two, one may be lost.',
					'"age-keygen" and "cistern key" make pairs, best on another computer.',
				]}
			/>
		</Ask>
	),
};
