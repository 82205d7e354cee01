import {readRecipients} from '../../../domain/answers/store-answer.ts';
import {formatCount} from '../../../domain/text/format.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, isCopied, type SetupQuestion} from './form.ts';

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
