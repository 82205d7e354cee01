import {FailureError} from '../../domain/failure/failure.ts';

/** A part of an answer that has several (RFC 2046). */
export type Part = {
	/** By their names in lower case. */
	readonly headers: ReadonlyMap<string, string>;
	/** Byte for byte; undefined if it is sent in a way that is not known here. */
	readonly content: Buffer | undefined;
};

export const isMultipart = (contentType: string): boolean => /^multipart\//i.test(contentType);

/** Throws `unexpected-answer` for one that was cut short. */
export const readMultipart = (body: Buffer, contentType: string): readonly Part[] => {
	const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
	const boundary = quoted ?? plain;
	if (boundary === undefined) {
		throw unexpected('it names no boundary of its parts');
	}

	// A character for each byte. Mail has CRLF, and Bitbucket's own example may have had LF.
	const text = body.toString('latin1');
	const lineEnd = text.includes(`--${boundary}\r\n`) ? '\r\n' : '\n';
	const pieces = `${lineEnd}${text}`.split(`${lineEnd}--${boundary}`).slice(1);
	const end = pieces.findIndex((piece) => piece.startsWith('--'));
	if (end < 0) {
		throw unexpected('it ends before its last part does');
	}

	return pieces.slice(0, end).map((piece) => readPart(piece, lineEnd));
};

/** A part begins behind its boundary: the rest of that line, headers, an empty line, the content. */
const readPart = (piece: string, lineEnd: string): Part => {
	const end = piece.indexOf(`${lineEnd}${lineEnd}`);
	if (end < 0) {
		throw unexpected('one of its parts has no content');
	}

	const lines = piece
		.slice(0, end)
		.replaceAll(/\r?\n[ \t]+/g, ' ')
		.split(lineEnd)
		.slice(1);
	const headers = new Map(lines.map(readHeader));
	const encoding = headers.get('content-transfer-encoding') ?? '';
	return {headers, content: decode(piece.slice(end + 2 * lineEnd.length), encoding)};
};

const readHeader = (line: string): readonly [string, string] => {
	const at = line.indexOf(':');
	const value = Buffer.from(line.slice(at + 1), 'latin1').toString();
	return [line.slice(0, Math.max(0, at)).trim().toLowerCase(), value.trim()];
};

/** RFC 2045. Other ways change bytes, or are rare. */
const decode = (content: string, encoding: string): Buffer | undefined => {
	switch (encoding.toLowerCase()) {
		case '':
		case '7bit':
		case '8bit':
		case 'binary':
			return Buffer.from(content, 'latin1');
		case 'base64': {
			const digits = content.replaceAll(/\s/g, '');
			return /^[A-Za-z0-9+/]*={0,2}$/.test(digits) && digits.length % 4 === 0
				? Buffer.from(digits, 'base64')
				: undefined;
		}
		default:
			return undefined;
	}
};

/** The name of the file that a part holds, in the forms of RFC 6266. */
export const fileNameOf = ({headers}: Part): string | undefined => {
	const disposition = headers.get('content-disposition') ?? '';
	const [, encoded] = /;\s*filename\*=utf-8'[^']*'([^;\s]+)/i.exec(disposition) ?? [];
	if (encoded !== undefined) {
		return decodeName(encoded);
	}

	const [, quoted, plain] =
		/;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^";\s]+))/i.exec(disposition) ?? [];
	return quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
};

const decodeName = (encoded: string): string | undefined => {
	try {
		return decodeURIComponent(encoded);
	} catch {
		return undefined;
	}
};

const unexpected = (detail: string): FailureError =>
	new FailureError({kind: 'unexpected-answer', detail: `an answer of several parts: ${detail}`});
