import {quote} from '../text/format.ts';
import {backupWords, dueAfter, type Schedule, verifyWords} from './schedule.ts';

/** Ends each line that Cistern wrote into a crontab. */
const mark = '# cistern schedule';

/**
 * The crontab with the lines of a schedule in place of earlier ones. cron misses what is due while
 * the computer is off, so it calls every hour, and all calls but those that are due do nothing.
 */
export const addToCrontab = (crontab: string, schedule: Schedule): string => {
	const lines = [
		`${minuteOf(schedule.config)} * * * * ${commandOf(backupWords(schedule, dueAfter(schedule.rhythm)), schedule)} ${mark}`,
		...(schedule.verifies
			? [`17 6 * * 0 ${commandOf(verifyWords(schedule), schedule)} ${mark}`]
			: []),
	];
	return `${withoutOwn(crontab)}${lines.map((line) => `${line}\n`).join('')}`;
};

/** The crontab without Cistern's lines. */
export const withoutOwn = (crontab: string): string => {
	const rest = crontab
		.split('\n')
		.filter((line) => !line.endsWith(mark))
		.join('\n');
	return rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`;
};

/** Cistern's own lines of a crontab. */
export const ownLines = (crontab: string): readonly string[] =>
	crontab.split('\n').filter((line) => line.endsWith(mark));

/** Drawn from the path, so that not all computers ask Bitbucket in the same minute. */
const minuteOf = (config: string): number =>
	[...config].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 59, 7);

/** A "%" would end the line for cron. Variables of the settings come from their file, where there is one. */
const commandOf = (words: readonly string[], {environmentFile}: Schedule): string => {
	const file = quote(environmentFile);
	return `set -a; [ ! -r ${file} ] || . ${file}; ${words.map(quote).join(' ')}`.replaceAll(
		'%',
		'\\%',
	);
};
