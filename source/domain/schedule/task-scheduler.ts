import {escapeXml} from './launchd.ts';
import {backupWords, dueAfter, marker, type Rhythm, type Schedule} from './schedule.ts';

export const taskName = 'Cistern';

/**
 * A task for `schtasks /create /xml`, in the form of Task Scheduler 2.0 (Windows, "Task Scheduler
 * Schema"). schtasks takes a file in UTF-16 or in ASCII, and none in UTF-8: so this is ASCII.
 */
export const writeTask = (schedule: Schedule): string => {
	const [program = '', ...words] = backupWords(schedule, dueAfter(schedule.rhythm));
	const quoted = [program, ...words].map(quoteForWindows).join(' ');
	return `<?xml version="1.0"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
	<RegistrationInfo>
		<Description>${escapeXml(marker)}. Backs up Bitbucket.</Description>
	</RegistrationInfo>
	<Triggers>
		<CalendarTrigger>
${writeTrigger(schedule.rhythm)}
		</CalendarTrigger>
	</Triggers>
	<Settings>
		<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
		<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
		<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
		<StartWhenAvailable>true</StartWhenAvailable>
		<RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
		<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
		<RestartOnFailure>
			<Interval>PT20M</Interval>
			<Count>3</Count>
		</RestartOnFailure>
	</Settings>
	<Actions>
		<Exec>
			<Command>conhost.exe</Command>
			<Arguments>${toAscii(escapeXml(`--headless ${quoted}`))}</Arguments>
		</Exec>
	</Actions>
</Task>
`;
};

/** Other characters by their numbers. */
const toAscii = (text: string): string =>
	[...text]
		.map((letter) => {
			const number = letter.codePointAt(0) ?? 0;
			return number > 126 ? `&#${number};` : letter;
		})
		.join('');

const two = (number: number): string => String(number).padStart(2, '0');

/** The day is of no importance: it only has to be over. */
const startOf = (hour: number, minute: number): string =>
	`\t\t\t<StartBoundary>2026-01-05T${two(hour)}:${two(minute)}:00</StartBoundary>`;

const writeTrigger = (rhythm: Rhythm): string => {
	switch (rhythm.kind) {
		case 'hourly':
			return `${startOf(0, 17)}\n\t\t\t<Repetition><Interval>PT${rhythm.hours}H</Interval></Repetition>\n\t\t\t<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>`;
		case 'weekly':
			return `${startOf(rhythm.hour, rhythm.minute)}\n\t\t\t<ScheduleByWeek><DaysOfWeek><Monday /></DaysOfWeek><WeeksInterval>1</WeeksInterval></ScheduleByWeek>`;
		case 'daily':
			return `${startOf(rhythm.hour, rhythm.minute)}\n\t\t\t<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>`;
	}
};

/** The rules of CommandLineToArgvW: a backslash counts as such except before a quote. */
const quoteForWindows = (word: string): string =>
	/^[\w.:\\/=-]+$/.test(word)
		? word
		: `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
