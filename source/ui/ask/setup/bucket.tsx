import {readBucketAddress} from '../../../domain/answers/store-answer.ts';
import {Secret} from '../../../domain/settings/settings.ts';
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
