import type {Secret} from '../settings/settings.ts';

/** A bucket and its service, as one address names them. */
export type BucketAddress = {
	/** As the user knows it: `s3.eu-central-003.backblazeb2.com/acme-git/cistern`. */
	readonly address: string;
	/** `https://s3.eu-central-003.backblazeb2.com`; undefined for AWS. */
	readonly endpoint: string | undefined;
	readonly region: string;
	readonly bucket: string;
	/** Begins all names in the bucket; empty for none. */
	readonly prefix: string;
};

/** The second place for the backup that the wizard is to set up. */
export type StoreAnswer = {
	/** The public keys that it is sealed for. */
	readonly recipients: readonly string[];
	readonly place:
		| {readonly type: 'folder'; readonly path: string}
		| ({
				readonly type: 's3';
				readonly accessKeyId: string;
				readonly secretAccessKey: Secret;
		  } & BucketAddress);
};

/** Gives a sentence for a text that is no address of a bucket. */
export const readBucketAddress = (text: string): BucketAddress | string => {
	const url = URL.parse(/^[a-z\d]+:\/\//i.test(text) ? text : `https://${text}`);
	if (url === null || !/^https?:$/.test(url.protocol) || !/[.:]|^localhost$/.test(url.host)) {
		return `This is no address of a bucket. One looks like ${example}.`;
	}

	const {host, region, before} = readHost(url.host);
	const [bucket, ...prefix] = [...before, ...url.pathname.split('/').filter((part) => part !== '')];
	return bucket === undefined
		? `The name of the bucket is missing behind the host, as in ${example}.`
		: {
				address: `${url.protocol === 'http:' ? 'http://' : ''}${url.host}${url.pathname.replace(/\/$/, '')}`,
				endpoint: host === undefined ? undefined : `${url.protocol}//${host}`,
				region,
				bucket,
				prefix: prefix.join('/'),
			};
};

const example = 'https://s3.eu-central-1.amazonaws.com/acme-git';

type Host = {
	/** Undefined for AWS. */
	readonly host: string | undefined;
	readonly region: string;
	/** The bucket, where it stands before the host: `acme-git.s3.eu-central-1.amazonaws.com`. */
	readonly before: readonly string[];
};

const readHost = (host: string): Host => {
	const aws = /^(?:(.+)\.)?s3[.-]([a-z]+-[a-z-]+-\d)\.amazonaws\.com$/.exec(host);
	if (aws !== null) {
		const [, bucket, region = ''] = aws;
		return {host: undefined, region, before: bucket === undefined ? [] : [bucket]};
	}

	// s3.eu-central-003.backblazeb2.com, s3.fr-par.scw.cloud. Servers of one's own mostly take the last one.
	const [, named] = /^s3\.([a-z]+-[a-z\d-]+)\./.exec(host) ?? [];
	const region = host.endsWith('.r2.cloudflarestorage.com') ? 'auto' : (named ?? 'us-east-1');
	return {host, region, before: []};
};

/** Public keys in a text, with blanks or commas between them. Gives a sentence where one is none. */
export const readRecipients = (text: string): readonly string[] | string => {
	const words = text.split(/[\s,;[\]]+/).filter((word) => word !== '');
	if (words.some((word) => /^age-secret-key/i.test(word))) {
		return 'This is a secret key, which belongs on no computer that backs up. Paste the public one: it begins with age1.';
	}

	return words.length > 0 && words.every((word) => /^age1[0-9a-z]{50,}$/.test(word))
		? words
		: 'A public key is one word that begins with age1. Paste one, or several with blanks between them.';
};
