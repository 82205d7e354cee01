import type {KeyPair} from '../ports/store.ts';
import {layOut, type TextStyle} from './text/layout.ts';

/** The file that age and --identity read. `now`: milliseconds since 1970. */
export const formatKey = ({identity, recipient}: KeyPair, now: number): string =>
	`# created: ${new Date(now).toISOString()}\n# public key: ${recipient}\n${identity}\n`;

/** Everything that a person has to do with a new pair. */
export const formatKeyAdvice = (
	{recipient}: Pick<KeyPair, 'recipient'>,
	style: Pick<TextStyle, 'columns'>,
): string => {
	const paragraphs = [
		'This pair is shown once, and Cistern keeps it nowhere.',
		'The line that begins with AGE-SECRET-KEY- is secret. It opens everything in the store, and without it nothing comes back. Keep it in a password manager, and on paper in a safe. It belongs on no computer that backs up.',
		'The public key belongs into the settings:',
	];
	// In brackets, the line would be too long for 80 columns.
	const settings = [
		'    stores:',
		'      - title: offsite',
		'        recipients:',
		`          - ${recipient}`,
	];
	const rest = [
		'Make a second pair for a second person, and name both: each of them opens everything.',
		'Then try the secret key once, before it is needed: save these three lines as a file on another computer, and run cistern verify --store offsite --sample 1 --identity FILE there.',
	];
	const lines = [
		...paragraphs.flatMap((text) => ['', ...layOut(2, text, style)]),
		...settings,
		...rest.flatMap((text) => ['', ...layOut(2, text, style)]),
	];
	return `${lines.join('\n')}\n\n`;
};
