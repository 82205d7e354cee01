import {readFileSync} from 'node:fs';
import {run} from './run.ts';

/** The facts that a package tells about itself. */
export type Release = {
	readonly version: string;
	readonly description: string;
	/** When its commit was made, in seconds since 1970. Everything in a package has this date. */
	readonly date: number;
	/** Name and address of the person who made the commit. */
	readonly author: string;
};

export const readRelease = (): Release => {
	const {version, description} = JSON.parse(readFileSync('package.json', 'utf8'));
	const [date, author = ''] = run('git', ['log', '-1', '--format=%ct%n%an <%ae>']).split('\n');
	return {
		version,
		description,
		date: Number(process.env['SOURCE_DATE_EPOCH'] ?? date),
		author,
	};
};
