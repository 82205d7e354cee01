import {complainAboutApi} from '../access/git-address.ts';
import {isDeviceName} from '../plan/layout.ts';
import {suggest} from '../settings/settings-problem.ts';

/**
 * Checks a value, the same way for the settings file, the options and the wizard. Returns the end
 * of a sentence that begins with the value's name, or undefined if the value is good.
 */
export type Check = (text: string) => string | undefined;

export const isEmailAddress = (text: string): boolean =>
	/^[^\s@:;,/]+@[^\s@:;,/]+\.[^\s@:;,/.]+$/.test(text);

/** Longest title, in bytes of a path. */
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

/** A workspace id: the part after bitbucket.org/ in its address. */
export const checkWorkspace: Check = (id) => {
	const address = /bitbucket\.org\/([\w.-]+)/i.exec(id)?.[1];
	if (address !== undefined) {
		return `is an address: write only the workspace id, "${address}"`;
	}

	return /^[A-Za-z0-9_][\w.-]*$/.test(id) && checkTitle(id) === undefined
		? undefined
		: (findWrapping(id) ??
				'is no workspace id: it is the part of the address after bitbucket.org/');
};

export const checkType: Check = (type) =>
	type === 'user' || type === 'org' ? undefined : 'must be user or org';

/** `$NAME`, `${NAME}`, `$(command)`, `${{ secrets.NAME }}`, `<name>`, `{{ name }}`. */
const placeholder = /^(?:\$\w+|\$\{.*\}|\$\(.*\)|<.*>|\{\{.*\}\})$/s;

/**
 * Finds quotation marks around a value, and a placeholder that nothing replaced. Neither is part of
 * a token or a name. Repeats nothing of the value, which may be secret.
 */
const findWrapping: Check = (text) => {
	const value = text.trim();
	if (/^(["'`]).*\1$|^[\u201c\u201e\u2018].*[\u201c\u201d\u2019]$/s.test(value)) {
		return 'stands in quotation marks: leave them out';
	}

	if (placeholder.test(value)) {
		return `is a placeholder like \${NAME} and not the value: nothing replaced it. In the settings file a variable is written %NAME%`;
	}

	return undefined;
};

/** The same for a token, which is often copied with the words before it. */
export const findTokenWrapping: Check = (text) => {
	if (/^\s*(?:bearer|basic)\s/i.test(text)) {
		return 'begins with the word of a header, Bearer or Basic: leave that out';
	}

	return /^\s*(?:export\s+)?[A-Za-z_]\w*=["']?AT(?:AT|CT|BB)/.test(text)
		? 'has a name and an equals sign before it: leave them out'
		: findWrapping(text);
};

/** A name for an `Authorization` header, in which a colon ends it. */
export const checkAuthName: Check = (name) =>
	findWrapping(name) ?? (/[\s:\p{C}]/u.test(name) ? 'must not hold a space or a colon' : undefined);

/** A hoster that is neither Bitbucket nor a likely misspelling of it. */
export const isOtherHoster = (hoster: string | undefined): boolean =>
	hoster !== undefined && hoster !== '' && suggest(hoster, ['bitbucket']) === undefined;

/** Sources of other hosters are skipped before, so a wrong hoster is a misspelling. */
export const checkHoster: Check = (hoster) =>
	hoster.toLowerCase() === 'bitbucket' ? undefined : 'is unknown: did you mean "bitbucket"?';

const mostTransfers = 64;

/** How many git transfers may run at once, 1 to 64; undefined for any other text. */
export const parseConcurrency = (text: string): number | undefined => {
	const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
	return number >= 1 && number <= mostTransfers ? number : undefined;
};

/** Fewer make no progress; more than a workspace's own limit is a misprint. */
export const checkRequestsPerHour: Check = (text) => {
	const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	return number >= 10 && number <= 10_000 ? undefined : 'must be a whole number from 10 to 10000';
};

/** `oneOf('a', 'b', 'c')` complains that a value "must be a, b or c". */
export const oneOf =
	(...choices: readonly string[]): Check =>
	(text) =>
		choices.includes(text)
			? undefined
			: `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;

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
