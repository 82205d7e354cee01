import {backupWords, dueAfter, marker, type Schedule, verifyWords} from './schedule.ts';

export const agentLabel = 'io.github.cistern';

/**
 * launchd catches up after sleep, but not after the computer was off: so the agent also runs at each
 * sign-in, and does nothing where the last complete backup is young enough.
 */
export const writeAgent = (schedule: Schedule, logFile: string): string => {
	const {rhythm} = schedule;
	const command = [...backupWords(schedule, dueAfter(rhythm))];
	return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${marker}. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>${agentLabel}</string>
	<key>ProgramArguments</key>
	<array>
${[...shell, withVariables(schedule, command, schedule.verifies), 'cistern'].map((word) => `\t\t<string>${escapeXml(word)}</string>`).join('\n')}
	</array>
	<key>StartCalendarInterval</key>
${writeTimes(rhythm)}
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Background</string>
	<key>LowPriorityIO</key>
	<true/>
	<key>StandardErrorPath</key>
	<string>${escapeXml(logFile)}</string>
</dict>
</plist>
`;
};

const shell = ['/bin/sh', '-c'];

const quoteForShell = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Variables of the settings come from their file, where there is one. On a Sunday it verifies too. */
const withVariables = (
	schedule: Schedule,
	command: readonly string[],
	verifies: boolean,
): string => {
	const file = quoteForShell(schedule.environmentFile);
	const verify = verifyWords(schedule).map(quoteForShell).join(' ');
	const backup = command.map(quoteForShell).join(' ');
	const line = `set -a; [ ! -r ${file} ] || . ${file}; `;
	return verifies
		? `${line}${backup}; [ "$(date +%u)" != 7 ] || ${verify}`
		: `${line}exec ${backup}`;
};

const writeTimes = (rhythm: Schedule['rhythm']): string => {
	const times =
		rhythm.kind === 'hourly'
			? Array.from({length: 24 / rhythm.hours}, (_, index) => ({
					Hour: index * rhythm.hours,
					Minute: 17,
				}))
			: [
					{
						...(rhythm.kind === 'weekly' ? {Weekday: 1} : {}),
						Hour: rhythm.hour,
						Minute: rhythm.minute,
					},
				];
	const dicts = times.map((time) => {
		const keys = Object.entries(time).map(
			([key, value]) => `\t\t\t<key>${key}</key>\n\t\t\t<integer>${value}</integer>`,
		);
		return `\t\t<dict>\n${keys.join('\n')}\n\t\t</dict>`;
	});
	return `\t<array>\n${dicts.join('\n')}\n\t</array>`;
};

/** Characters that XML reads as its own in a text; quotes are such only in an attribute. */
export const escapeXml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
