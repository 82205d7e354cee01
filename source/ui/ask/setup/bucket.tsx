import {readBucketAddress} from '../../../domain/answers/store-answer.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, isInBucket, type SetupQuestion} from './form.ts';

/** The bucket of the second copy, by its address. */
export const bucket: SetupQuestion = {
	id: 'bucket',
	applies: isInBucket,
	isAnswered: ({values}) => values.bucket !== undefined,
	field: {
		label: 'address',
		placeholder: 's3.eu-central-1.amazonaws.com/acme-git',
		propose: ({values}) => values.bucket?.address ?? '',
	},
	take: (_, {text}) => {
		const address = readBucketAddress(text);
		return typeof address === 'string' ? refused(address) : answered({bucket: address});
	},
	rows: ({values}) =>
		!isInBucket({values}) || values.bucket === undefined
			? []
			: [{label: 'Second copy', value: values.bucket.address}],
	View: () => (
		<Ask title="Which bucket?">
			<Field />
			<Hints
				lines={[
					'Host, bucket and, if you like, the beginning of all names in it, such as s3.eu-central-003.backblazeb2.com/acme-git/cistern.',
					'Make it with versions and Object Lock: docs/off-site.md says how.',
				]}
			/>
		</Ask>
	),
};
