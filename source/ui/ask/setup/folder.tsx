import type {FolderReport} from '../../../domain/answers/wizard-answers.ts';
import {formatCount, formatSize} from '../../../domain/text/format.ts';
import {Field} from '../field.tsx';
import {Ask, Hints, Notice} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, type SetupQuestion} from './form.ts';

export const folder: SetupQuestion = {
	id: 'folder',
	isAnswered: ({values}) => values.folder !== undefined,
	field: {
		label: 'folder',
		propose: ({values, situation}) => values.folder?.path ?? situation.suggestions.folder ?? '',
	},
	take: (form, {text}) =>
		text === ''
			? refused('Type the folder for the backup.')
			: form.ports.inspectFolder(text).then((report) => answered({folder: report})),
	rows: ({values}) =>
		values.folder === undefined
			? []
			: [{label: 'Folder', value: values.folder.path, note: describe(values.folder)}],
	View: ({isBusy}) => (
		<Ask title="Where should the backup be saved?">
			<Field />
			{isBusy ? (
				<Notice kind="running" text="looking at the folder" />
			) : (
				<Hints
					lines={[
						'It is created if it does not exist. A backup of Cistern or SCM Backup in it is continued.',
						'LFS files are saved too. How much room they take is known only once the code is here.',
					]}
				/>
			)}
		</Ask>
	),
};

const contents: Readonly<Record<FolderReport['holds'], string>> = {
	nothing: '',
	cistern: 'continues the backup in it',
	'scm-backup': 'continues the backup of SCM Backup',
	other: 'is not empty',
};

const describe = ({isNew, freeSpace, holds, repositories}: FolderReport): string => {
	const count = repositories > 0 ? `: ${formatCount(repositories, 'repository')}` : '';
	return [
		isNew ? 'new' : contents[holds] && `${contents[holds]}${count}`,
		freeSpace === undefined ? '' : `${formatSize(freeSpace)} free`,
	]
		.filter((part) => part !== '')
		.join(', ');
};
