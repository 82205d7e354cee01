export type S3Answer = {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Buffer;
};

const escapeText = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');

/** An element for each field. A list becomes one element for each of its items. */
export const toXml = (fields: Readonly<Record<string, unknown>>): string =>
	Object.entries(fields)
		.flatMap(([name, value]) =>
			(Array.isArray(value) ? value : [value]).map((one: unknown) =>
				typeof one === 'object' && one !== null
					? `<${name}>${toXml(one as Readonly<Record<string, unknown>>)}</${name}>`
					: `<${name}>${escapeText(String(one))}</${name}>`,
			),
		)
		.join('');

export const xmlAnswer = (
	root: string,
	fields: Readonly<Record<string, unknown>>,
	status = 200,
): S3Answer => ({
	status,
	headers: {'content-type': 'application/xml'},
	body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${toXml(fields)}</${root}>`,
});

export const s3Error = (
	status: number,
	code: string,
	message: string,
	more: Readonly<Record<string, string>> = {},
): S3Answer => ({
	status,
	headers: {'content-type': 'application/xml'},
	body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${toXml({Code: code, Message: message, ...more})}</Error>`,
});
