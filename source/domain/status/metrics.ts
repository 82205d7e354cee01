import {exitCodes} from '../failure/exit-code.ts';
import {lastComplete, type RunLine} from '../run/run-line.ts';
import {type CheckLine, lastChecks} from '../verify/check-line.ts';

/** The facts about one source that need no record. */
export type MeasuredSource = {
	readonly source: string;
	readonly workspace: string | undefined;
	/** Oldest first. */
	readonly runs: readonly RunLine[];
	readonly checks: readonly CheckLine[];
	/** The day on which its token expires, if the user noted it. */
	readonly tokenExpires: string | undefined;
};

type Sample = {readonly labels: Readonly<Record<string, string>>; readonly value: number};

/** Text for node_exporter's textfile collector (Prometheus, "Exposition formats"): gauges alone. */
export const formatMetrics = (sources: readonly MeasuredSource[], version: string): string =>
	[
		...formatGauge('build_info', 'Version of the Cistern that wrote this.', [
			{labels: {version}, value: 1},
		]),
		...gauges.flatMap(({name, help, read}) =>
			formatGauge(
				name,
				help,
				sources.flatMap((source) => {
					const labels = {source: source.source, workspace: source.workspace ?? ''};
					return read(source).map((sample) => ({...sample, labels: {...labels, ...sample.labels}}));
				}),
			),
		),
		'',
	].join('\n');

type Gauge = {
	readonly name: string;
	readonly help: string;
	readonly read: (source: MeasuredSource) => readonly Sample[];
};

const one = (value: number | undefined): readonly Sample[] =>
	value === undefined || Number.isNaN(value) ? [] : [{labels: {}, value}];

const seconds = (at: string | undefined): number | undefined =>
	at === undefined ? undefined : Date.parse(at) / 1000;

/** A gauge of the last run that was asked for everything. */
const ofLastRun = (
	name: string,
	help: string,
	read: (run: RunLine) => number | undefined,
): Gauge => ({
	name,
	help,
	read: ({runs}) => {
		const last = runs.findLast(({partial}) => !partial);
		return last === undefined ? [] : one(read(last));
	},
});

const states: Readonly<Record<string, (run: RunLine) => number>> = {
	unchanged: (run) => run.unchanged,
	updated: (run) => run.updated,
	new: (run) => run.new,
	failed: (run) => run.failed.length,
	left_out: (run) => run.leftOut.length,
	gone: (run) => run.gone.length,
};

const gauges: readonly Gauge[] = [
	ofLastRun(
		'last_run_timestamp_seconds',
		'When the last backup began, in seconds since 1970.',
		({at}) => seconds(at),
	),
	ofLastRun(
		'last_run_success',
		'Was everything in scope saved as it is upstream by the last backup?',
		({exitCode}) => (exitCode === exitCodes.done ? 1 : 0),
	),
	ofLastRun(
		'last_run_exit_code',
		'Exit code of the last backup; 0 is success.',
		({exitCode}) => exitCode,
	),
	ofLastRun(
		'last_run_duration_seconds',
		'How long the last backup took.',
		({duration}) => duration / 1000,
	),
	ofLastRun(
		'last_run_received_bytes',
		'Bytes that git received in the last backup.',
		({received}) => received,
	),
	ofLastRun(
		'last_run_refs_kept',
		'Refs of which the last backup kept the old state.',
		({kept}) => kept,
	),
	{
		name: 'last_complete_timestamp_seconds',
		help: 'When everything in scope was last saved as it was upstream, in seconds since 1970.',
		read: ({runs}) => one(seconds(lastComplete(runs))),
	},
	{
		name: 'last_verify_timestamp_seconds',
		help: 'When a verify of all that is saved last ended without damage, in seconds since 1970.',
		read: ({checks}) => {
			const good = checks.filter(({exitCode}) => exitCode === exitCodes.done);
			return one(seconds(lastChecks(good).lastVerified?.at));
		},
	},
	{
		name: 'repositories',
		help: 'Repositories of the last backup, by what became of them.',
		read: ({runs}) => {
			const last = runs.findLast(({partial}) => !partial);
			return last === undefined
				? []
				: Object.entries(states).map(([state, count]) => ({labels: {state}, value: count(last)}));
		},
	},
	ofLastRun('backup_size_bytes', 'Bytes of all mirrors on the disk.', ({size}) => size),
	ofLastRun('folder_free_bytes', 'Bytes that are free where the backup lies.', ({free}) => free),
	{
		name: 'token_expires_timestamp_seconds',
		help: 'When the token expires, as the settings say, in seconds since 1970.',
		read: ({tokenExpires}) => one(seconds(tokenExpires)),
	},
	{
		name: 'repository_failed',
		help: 'Repositories that the last backup could not save.',
		read: ({runs}) =>
			(runs.findLast(({partial}) => !partial)?.failed ?? []).map(({repository, kind}) => ({
				// A sentence would begin another series with each number in it.
				labels: {repository, ...(kind === undefined ? {} : {reason: kind})},
				value: 1,
			})),
	},
];

/** Nothing is written of a gauge without a value: an alert on its absence can tell. */
const formatGauge = (name: string, help: string, samples: readonly Sample[]): readonly string[] =>
	samples.length === 0
		? []
		: [
				`# HELP cistern_${name} ${help}`,
				`# TYPE cistern_${name} gauge`,
				...samples.map(({labels, value}) => {
					const pairs = Object.entries(labels).map(
						([label, text]) => `${label}="${escapeLabel(text)}"`,
					);
					return `cistern_${name}{${pairs.join(',')}} ${value}`;
				}),
			];

const escapeLabel = (text: string): string =>
	text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
