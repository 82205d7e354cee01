import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, isInBucket, type SetupQuestion} from './form.ts';

/** The id of the key for the bucket. */
export const bucketKeyId: SetupQuestion = {
	id: 'bucketKeyId',
	applies: isInBucket,
	isAnswered: ({values}) => values.accessKeyId !== undefined,
	field: {label: 'key id', propose: ({values}) => values.accessKeyId ?? ''},
	take: (_, {text}) =>
		/^\S+$/.test(text)
			? answered({accessKeyId: text})
			: refused('Type the id of the access key: it is one word.'),
	View: () => (
		<Ask title="The id of an access key for it">
			<Field />
			<Hints
				lines={[
					'A key for this computer alone, which may add objects and list them, and nothing else:',
					'docs/off-site.md has the rights for AWS, Backblaze, R2, MinIO and Ceph.',
				]}
			/>
		</Ask>
	),
};
