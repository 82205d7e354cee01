import {onTestFinished} from 'vitest';
import {Secret, type StoreSettings} from '../../source/domain/settings/settings.ts';
import {startS3} from './s3/s3.ts';
import type {S3Keys} from './s3-server.ts';
import {makeStore} from './store.ts';
import {makeTemporaryFolder} from './temporary-folder.ts';

/** The keys of a machine that backs up, and those of the owner, who may do everything. */
export const machine: S3Keys = {accessKeyId: 'AKIDCISTERN', secretAccessKey: 'canary/of+the+store'};
export const owner: S3Keys = {accessKeyId: 'AKIDOWNER', secretAccessKey: 'secret/of+the+owner'};

type Bucket = {readonly endpoint: string; readonly region: string; readonly bucketName: string};

/** The settings of a store in a bucket, as a holder of these keys has them. */
export const storeIn = (
	{endpoint, region, bucketName}: Bucket,
	{accessKeyId, secretAccessKey}: S3Keys,
	changes: Partial<StoreSettings> = {},
): StoreSettings =>
	makeStore(makeTemporaryFolder(), {
		place: {
			type: 's3',
			title: 'offsite',
			endpoint,
			region,
			bucket: bucketName,
			prefix: 'cistern',
			pathStyle: true,
			keys: {
				kind: 'given',
				accessKeyId,
				secretAccessKey: new Secret(secretAccessKey),
				sessionToken: undefined,
			},
			retention: undefined,
		},
		...changes,
	});

/** The same, as lines of a settings file. `keys`: age's, if it is sealed. */
export const printStore = (
	{endpoint, bucketName}: Bucket,
	{accessKeyId, secretAccessKey}: S3Keys,
	keys?: {readonly recipient: string; readonly runner: string},
): string =>
	[
		'stores:',
		'  - title: offsite',
		'    type: s3',
		`    endpoint: ${endpoint}`,
		`    bucket: ${bucketName}`,
		'    prefix: cistern',
		`    accessKeyId: ${accessKeyId}`,
		`    secretAccessKey: ${secretAccessKey}`,
		...(keys === undefined
			? ['    recipients: none']
			: [`    recipients: [${keys.recipient}]`, `    runner: ${keys.runner}`]),
		'',
	].join('\n');

/** A bucket of the sandbox for one test. Its owner is known; the machine may do what `allows` says. */
export const openBucket = async ({
	allows = () => true,
	...options
}: Parameters<typeof startS3>[0] & {
	readonly allows?: (action: string, key: string) => boolean;
} = {}) => {
	const s3 = await startS3(options);
	onTestFinished(s3.close);
	s3.addUser(owner);
	s3.addUser({...machine, allows});
	return s3;
};
