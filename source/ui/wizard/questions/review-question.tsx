import {Box, type DOMElement, Text, useBoxMetrics} from 'ink';
import {useRef} from 'react';
import {formatCount} from '../../../domain/text/format.ts';
import {useLooks} from '../look-context.tsx';
import {Mark} from '../mark.tsx';
import {optionsFor} from '../options.ts';
import {Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const ReviewQuestion = ({state}: {readonly state: WizardState}) => {
	const {preview, saving, values, situation} = state;
	const place = values.tokenPlace;
	return (
		<Question title="These settings will be written">
			<Preview text={preview?.text ?? ''} />
			{place?.kind === 'environment' ? (
				<VariableLine variable={place.variable} profile={situation.shellProfile} />
			) : null}
			<Box marginTop={1} flexDirection="column" flexShrink={0}>
				{saving === undefined ? (
					<Select options={optionsFor(state)} chosen={state.row} />
				) : (
					<Box>
						<Mark kind="running" />
						<Text> saving</Text>
					</Box>
				)}
			</Box>
		</Question>
	);
};

/** As much of the file as there is room for, and how much more there is. */
const Preview = ({text}: {readonly text: string}) => {
	const {style, marks} = useLooks();
	const box = useRef<DOMElement>(null);
	const {height, hasMeasured} = useBoxMetrics(box);
	const lines = text.trimEnd().split('\n');
	const shown = !hasMeasured || lines.length <= height ? lines : lines.slice(0, height - 1);
	const rest = lines.length - shown.length;
	const more = rest === 0 ? [] : [`${marks.ellipsis} ${formatCount(rest, 'more line')}`];
	// It asks for room for all of it, so that it grows again with the terminal.
	return (
		<Box ref={box} marginTop={1} height={lines.length} overflowY="hidden">
			<Box flexShrink={0}>
				<Text wrap="truncate">{style('dim', [...shown, ...more].join('\n'))}</Text>
			</Box>
		</Box>
	);
};

/** What has to be in the environment before the next run. */
const VariableLine = ({
	variable,
	profile,
}: {
	readonly variable: string;
	readonly profile: string;
}) => {
	const {style} = useLooks();
	return (
		<Box marginTop={1} flexShrink={0} flexDirection="column">
			<Text>{`Add to ${profile}, with your token:`}</Text>
			<Text>{style('bold', `export ${variable}='...'`)}</Text>
		</Box>
	);
};
