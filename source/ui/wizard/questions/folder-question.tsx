import {Box, Text} from 'ink';
import {Mark} from '../mark.tsx';
import {Hints, Question} from '../question.tsx';
import {TextField} from '../text-field.tsx';
import type {WizardState} from '../wizard-state.ts';

export const FolderQuestion = ({state}: {readonly state: WizardState}) => (
	<Question title="Where should the backup be saved?">
		<TextField label="folder" editor={state.editor} isActive={state.inspection === undefined} />
		{state.inspection === undefined ? (
			<Hints
				lines={[
					'It is made if it is not there. A backup of SCM Backup or Cistern in it is carried on.',
				]}
			/>
		) : (
			<Box marginTop={1}>
				<Mark kind="running" />
				<Text> looking at the folder</Text>
			</Box>
		)}
	</Question>
);
