import {isGlob} from '../domain/plan/name-filter.ts';
import {holdsPassword, namePlace} from '../domain/restore/places.ts';
import {
	type CommandRow,
	from,
	identity,
	type Repositories,
	readRepositories,
	readStore,
	storeOption,
} from './command-row.ts';
import type {RestoreTarget} from './invocation.ts';
import {usageError, type Values} from './options.ts';

export const restore: CommandRow = {
	name: 'restore',
	summary: 'bring repositories back, as of now or as of a day',
	operands: {
		name: '[repo...]',
		help: 'names, workspace/name or globs; asks when nothing is given',
		values: 'repository',
	},
	options: [
		{flags: '--to <dir>', help: 'folder for the working copies', values: 'folder'},
		{
			flags: '--at <time>',
			help: 'as it was then: a date, a time, or "3 days ago"',
			values: 'day',
		},
		{flags: '--bare', help: 'bare repositories, not working copies'},
		{
			flags: '--push <url>',
			help: 'into an empty remote instead; {name} is the name of each',
			excludes: ['to', 'bare'],
		},
		{flags: '--without-lfs', help: 'with --push: the refs alone, without LFS files'},
		{flags: '--all', help: 'every repository of the source'},
		from,
		storeOption,
		identity,
	],
	examples: [
		'cistern restore api --to ~/rescued',
		'cistern restore api --to ~/rescued --at 2026-11-03',
		'cistern restore --all --bare --to ~/rescued --from /srv/backup',
		'cistern restore --all --push git@example.com:acme/{name}.git',
	],
	read: (values, operands, options) => {
		const from = values.text('from');
		const store = readStore(values);
		const isNothingGiven =
			operands.length === 0 &&
			store === undefined &&
			!['all', 'bare'].some(values.isSet) &&
			['to', 'push', 'at'].every((option) => values.text(option) === undefined);
		if (isNothingGiven) {
			return {command: 'ask-restore', options, from};
		}

		const repositories = readRepositories(values, operands);
		return {
			command: 'restore',
			options,
			from,
			store,
			repositories,
			to: readTarget(values, repositories),
			at: values.text('at'),
			leftOut: values.isSet('without-lfs') ? ['lfs'] : [],
		};
	},
};

const readTarget = (values: Values, repositories: Repositories): RestoreTarget => {
	const [folder, url] = [values.text('to'), values.text('push')];
	if (url !== undefined) {
		return {kind: 'remote', url: checkUrl(url, repositories, values.command)};
	}

	if (folder === undefined) {
		throw usageError('Restore to where? Say --to DIR, or --push URL.', values.command);
	}

	return {kind: 'folder', folder, bare: values.isSet('bare')};
};

/** A refused address is not repeated: it may contain a password. */
const checkUrl = (url: string, repositories: Repositories, command: string): string => {
	if (holdsPassword(url)) {
		throw usageError(
			'--push: leave the password out of the address, where other users and logs see it. Your own git signs in: with an SSH address, or a credential helper ("git help credentials").',
			command,
		);
	}

	const isSeveral = repositories === 'all' || repositories.length > 1 || repositories.some(isGlob);
	if (isSeveral && !url.includes(namePlace)) {
		throw usageError(
			`--push: several repositories need an address with ${namePlace} in it, such as git@example.com:acme/${namePlace}.git.`,
			command,
		);
	}

	return url;
};
