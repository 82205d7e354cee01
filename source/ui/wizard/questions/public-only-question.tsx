import {Box} from 'ink';
import {Mark} from '../mark.tsx';
import {optionsFor} from '../options.ts';
import {Paragraph} from '../paragraph.tsx';
import {Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const PublicOnlyQuestion = ({state}: {readonly state: WizardState}) => (
	<Question title="Save only what everybody can see?">
		<Box marginBottom={1} flexShrink={0}>
			<Mark kind="attention" />
			<Box marginLeft={1}>
				<Paragraph
					text="Without a token private repositories are neither seen nor saved, and nothing can say which ones there are."
					indent={6}
				/>
			</Box>
		</Box>
		<Select options={optionsFor(state)} chosen={state.row} />
	</Question>
);
