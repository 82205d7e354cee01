import {parseTimeOfDay, schedulerKinds, toRhythm} from '../domain/schedule/schedule.ts';
import {day, parseDuration} from '../domain/text/format.ts';
import type {CommandRow} from './command-row.ts';
import type {ScheduleInvocation} from './invocation.ts';
import {usageError, type Values} from './options.ts';

export const schedule: CommandRow = {
	name: 'schedule',
	summary: 'show, install or remove the nightly backup',
	options: [
		{flags: '--at <time>', help: 'install a backup every day at this time, such as 02:00'},
		{
			flags: '--every <duration>',
			help: 'install one every 1h, 2h, 3h, 4h, 6h, 8h, 12h, 1d or 1w',
			parse: parseDuration,
			right: 'a duration such as 6h or 1w',
		},
		{flags: '--verify', help: 'also verify everything, every Sunday'},
		{flags: '--remove', help: 'remove it', excludes: ['at', 'every', 'verify', 'dry-run']},
		{
			flags: '--with <scheduler>',
			help: `use this scheduler: ${schedulerKinds.join(', ')}`,
			values: schedulerKinds,
		},
		{flags: '--system', help: 'install for the whole computer (systemd, as root)'},
		{flags: '--dry-run', help: 'print the files, and write nothing'},
	],
	examples: [
		'cistern schedule',
		'cistern schedule --at 02:00 --verify',
		'cistern schedule --every 6h --dry-run',
		'cistern schedule --remove',
	],
	read: (values, _, options) => ({
		command: 'schedule',
		options,
		action: readAction(values),
		scheduler: readScheduler(values),
		isSystem: values.isSet('system'),
		isDry: values.isSet('dry-run'),
	}),
};

const readAction = (values: Values): ScheduleInvocation['action'] => {
	if (values.isSet('remove')) {
		return {kind: 'remove'};
	}

	const [at, every] = [values.text('at'), values.number('every')];
	const verifies = values.isSet('verify');
	if (at === undefined && every === undefined && !verifies && !values.isSet('dry-run')) {
		return {kind: 'show'};
	}

	const time = parseTimeOfDay(at ?? '02:00');
	if (time === undefined) {
		throw usageError(`--at: "${at}" is no time of day such as 02:00.`, values.command);
	}

	const rhythm = toRhythm(every ?? day, time);
	if (rhythm === undefined) {
		throw usageError('--every must be 1h, 2h, 3h, 4h, 6h, 8h, 12h, 1d or 1w.', values.command);
	}

	return {kind: 'install', rhythm, verifies};
};

const readScheduler = (values: Values): ScheduleInvocation['scheduler'] => {
	const name = values.text('with');
	const found = schedulerKinds.find((kind) => kind === name);
	if (name !== undefined && found === undefined) {
		throw usageError(`--with must be one of ${schedulerKinds.join(', ')}.`, values.command);
	}

	return found;
};
