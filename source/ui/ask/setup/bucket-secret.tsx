import {Secret} from '../../../domain/settings/settings.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, isInBucket, type SetupQuestion} from './form.ts';

/** The secret of the key for the bucket, which is never shown. An empty field keeps the one there is. */
export const bucketSecret: SetupQuestion = {
	id: 'bucketSecret',
	applies: isInBucket,
	isAnswered: ({values}) => values.secretAccessKey !== undefined,
	field: {label: 'secret', isSecret: true, propose: () => ''},
	take: ({values}, {text}) => {
		const secret = text === '' ? values.secretAccessKey : new Secret(text);
		return secret === undefined
			? refused('Paste the secret of the key. It is not shown.')
			: answered({secretAccessKey: secret});
	},
	View: ({form: {values}}) => (
		<Ask title={`The secret of the key ${values.accessKeyId ?? ''}`}>
			<Field />
			<Hints lines={['It is kept in the settings file, which only you can read.']} />
		</Ask>
	),
};
