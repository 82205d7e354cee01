import {complainAboutApi} from '../access/git-address.ts';
import {isDeviceName} from '../plan/layout.ts';

/**
 * What a good answer looks like, the same for the settings file, the options and the wizard. Each
 * gives what is wrong with the text, as the end of a sentence that begins with the answer's name,
 * or undefined where it is good.
 */
export type Check = (text: string) => string | undefined;

/** Bytes that the title may take of a path. */
const longestTitle = 100;

/** A title names a folder, so it has to be a safe name on Linux, macOS and Windows. */
export const checkTitle: Check = (title) => {
	if (/[/\\:*?"<>|]/.test(title) || /[\p{C}\p{Zl}\p{Zp}]/u.test(title)) {
		return 'cannot be a folder\'s name: leave out / \\ : * ? " < > | and invisible characters';
	}

	if (/^[.~-]|^\s|[.\s]$/.test(title) || isDeviceName(title)) {
		return "cannot be a folder's name everywhere: it must not begin with . ~ - or end with a dot or space, nor be a device's name";
	}

	return title.length > longestTitle ? `is longer than ${longestTitle} characters` : undefined;
};

/** A workspace id: what stands behind bitbucket.org/ in its address. */
export const checkWorkspace: Check = (id) => {
	const address = /bitbucket\.org\/([\w.-]+)/i.exec(id)?.[1];
	if (address !== undefined) {
		return `is an address: write only the workspace id, "${address}"`;
	}

	return /^[A-Za-z0-9_][\w.-]*$/.test(id) && checkTitle(id) === undefined
		? undefined
		: 'is no workspace id: it is the part of the address behind bitbucket.org/';
};

export const checkType: Check = (type) =>
	type === 'user' || type === 'org' ? undefined : 'must be user or org';

/** A name that goes into an `Authorization` header, where a colon would end it. */
export const checkAuthName: Check = (name) =>
	/[\s:\p{C}]/u.test(name) ? 'must not hold a space or a colon' : undefined;

export const checkLfs: Check = (lfs) =>
	lfs === 'ignore' || lfs === 'report' ? undefined : 'must be ignore or report';

/** The address of Bitbucket's API, or of a proxy; without TLS only on this machine. */
export const checkApiUrl: Check = (text) => {
	const complaint = complainAboutApi(text);
	return complaint === undefined ? undefined : `cannot be used: ${complaint}`;
};

/** A day of the calendar, `2027-03-01`. */
export const checkDay: Check = (text) => {
	const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
	return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
		? undefined
		: 'must be a day such as 2027-03-01';
};
