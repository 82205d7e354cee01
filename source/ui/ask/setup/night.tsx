import type {TokenPlace} from '../../../domain/answers/wizard-answers.ts';
import {schedulerNames} from '../../../domain/schedule/schedule.ts';
import {warnOfToken} from '../../../domain/schedule/warnings.ts';
import {Ask, Hints, Notice} from '../layout.tsx';
import {Select} from '../select.tsx';
import {answered, type NightScheduler, type SetupQuestion} from './form.ts';

/** Offers to back up every night. */
export const night: SetupQuestion = {
	id: 'night',
	applies: ({situation}) => situation.scheduler !== undefined,
	isAnswered: ({values}) => values.schedule !== undefined,
	options: ({situation: {scheduler}}) => [
		{
			id: 'install',
			label: 'Every night at two',
			detail: scheduler === undefined ? '' : `by ${schedulerNames[scheduler.kind]}`,
		},
		{id: 'show', label: 'Show me the lines', detail: 'nothing is installed'},
		{id: 'later', label: 'Not now', detail: ''},
	],
	proposeOption: ({values}) => values.schedule,
	take: (_, {option}) =>
		option === 'install' || option === 'show' || option === 'later'
			? answered({schedule: option})
			: undefined,
	rows: ({values: {schedule}}) =>
		schedule === undefined
			? []
			: [{label: 'Every night', value: schedule === 'install' ? 'at two' : 'not yet'}],
	View: ({form: {situation, values}}) => (
		<Ask title="Back up every night?">
			<Select />
			{warningsOf(situation.scheduler, values.tokenPlace).map((text) => (
				<Notice key={text} kind="attention" text={text} />
			))}
		</Ask>
	),
};

const warningsOf = (
	scheduler: NightScheduler | undefined,
	place: TokenPlace | undefined,
): readonly string[] =>
	scheduler === undefined ? [] : [...warnOfToken(scheduler.kind, place), ...scheduler.warnings];

/** systemd ends a user's timers with the last session, unless the user lingers. */
export const linger: SetupQuestion = {
	id: 'linger',
	applies: ({situation, values}) =>
		values.schedule === 'install' && situation.scheduler?.needsLingering === true,
	isAnswered: ({values}) => values.lingers !== undefined,
	options: () => [
		{id: 'yes', label: 'Yes', detail: ''},
		{id: 'no', label: 'No', detail: 'only while you are signed in'},
	],
	proposeOption: ({values}) => (values.lingers === false ? 'no' : undefined),
	take: (_, {option}) => answered({lingers: option === 'yes'}),
	View: () => (
		<Ask title="Back up also while you are signed out?">
			<Select />
			<Hints
				lines={[
					'"Yes" runs "loginctl enable-linger": your timers then run from the start of the computer.',
				]}
			/>
		</Ask>
	),
};
