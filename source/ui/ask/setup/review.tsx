import {Box, type DOMElement, Text, useBoxMetrics} from 'ink';
import {useRef} from 'react';
import {formatCount} from '../../../domain/text/format.ts';
import {Ask, Notice, Paragraph, useDisplay, VariableLine} from '../layout.tsx';
import {Select} from '../select.tsx';
import {answersFrom, offeredBy, type SetupQuestion, type Values} from './form.ts';

/** Shows the settings, and writes them. */
export const review: SetupQuestion = {
	id: 'review',
	// The preview shows every answer.
	hidesAnswered: true,
	holdsWhileBusy: true,
	options: () => [
		{id: 'back-up', label: 'Save and back up now', detail: ''},
		{id: 'add-another', label: 'Save and add another workspace', detail: ''},
		{id: 'leave', label: 'Save and leave', detail: ''},
	],
	arrive: async (form, {update}) => {
		const answers = answersFrom(form);
		if (answers !== undefined) {
			const preview = await form.ports.previewSettings(answers);
			update((current) => ({...current, preview}));
		}

		return undefined;
	},
	take: (form, {option}) => {
		const answers = answersFrom(form);
		const next = option === 'back-up' || option === 'add-another' ? option : 'leave';
		return (
			answers &&
			form.ports.save(answers).then((savedTo) => ({
				kind: 'finished',
				change: (current) => ({...current, savedTo}),
				result: {kind: 'finished', next, answers},
			}))
		);
	},
	View: ({form, isBusy}) => (
		<Ask title="These settings will be written">
			<Preview text={form.preview} />
			<VariableLine
				place={form.values.tokenPlace}
				intro={`Add to ${form.situation.shellProfile}, with your token:`}
			/>
			{(offeredBy(form)?.remarks ?? []).map((text) => (
				<Box key={text} marginTop={1} flexShrink={0}>
					<Paragraph text={text} indent={2} dim />
				</Box>
			))}
			<Night values={form.values} />
			{isBusy ? (
				<Notice kind="running" text="saving" />
			) : (
				<Box marginTop={1} flexShrink={0}>
					<Select />
				</Box>
			)}
		</Ask>
	),
};

/** The schedule is no part of the settings file. */
const Night = ({values}: {readonly values: Values}) => {
	const {style} = useDisplay();
	return values.schedule === 'install' ? (
		<Box flexShrink={0}>
			<Text>{style('dim', 'A backup every night at two will be installed too.')}</Text>
		</Box>
	) : null;
};

/** As much of the file as fits. */
const Preview = ({text}: {readonly text: string}) => {
	const {style, marks} = useDisplay();
	const box = useRef<DOMElement>(null);
	const {height, hasMeasured} = useBoxMetrics(box);
	const lines = text.trimEnd().split('\n');
	const shown = hasMeasured ? fitSections(lines, height, marks.ellipsis) : lines;
	// It asks for room for the whole file, so that it grows again with the terminal.
	return (
		<Box ref={box} marginTop={1} height={lines.length} overflowY="hidden">
			<Box flexShrink={0}>
				<Text wrap="truncate">{style('dim', shown.join('\n'))}</Text>
			</Box>
		</Box>
	);
};

/** A key at the margin, or an entry of a list below one. */
const sectionStart = /^(?:\S| {0,2}- )/;

/**
 * Cuts the longest sections of a settings file until it has no more lines than `height`: the beginning
 * of each stays in sight. If that is not enough, the first ones go: the newest answers are at the end.
 */
export const fitSections = (
	lines: readonly string[],
	height: number,
	ellipsis: string,
): readonly string[] => {
	const starts = lines.flatMap((line, index) => (sectionStart.test(line) ? [index] : []));
	const sections = starts.map((start, index) => lines.slice(start, starts[index + 1]));
	const kept = sections.map(({length}) => length);
	const more = (count: number): readonly string[] =>
		count === 0 ? [] : [`${ellipsis} ${formatCount(count, 'more line')}`];
	const shownFrom = (first: number): readonly string[] => [
		...more(starts[first] ?? 0),
		...sections.slice(first).flatMap((section, index) => {
			const left = section.length - (kept[first + index] ?? 0);
			// The words for a single line would take its place.
			return left <= 1 ? section : [...section.slice(0, -left), ...more(left)];
		}),
	];
	let longest = Math.max(...kept);
	for (; longest > 1 && shownFrom(0).length > height; longest = Math.max(...kept)) {
		kept[kept.indexOf(longest)] = longest - 1;
	}

	const first = starts.findIndex((_, index) => shownFrom(index).length <= height);
	return shownFrom(first === -1 ? starts.length - 1 : first);
};
