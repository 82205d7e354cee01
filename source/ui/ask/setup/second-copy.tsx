import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {Select} from '../select.tsx';
import {answered, type CopyChoice, type SetupQuestion} from './form.ts';

const choices: readonly {
	readonly id: CopyChoice;
	readonly label: string;
	readonly detail: string;
}[] = [
	{id: 'later', label: 'Not now', detail: ''},
	{id: 'folder', label: 'In a folder', detail: 'another disk, a share, a NAS'},
	{id: 's3', label: 'In a bucket', detail: 'S3: AWS, Backblaze, R2, MinIO, Ceph'},
];

/** Offers a store: a second place for the backup. */
export const secondCopy: SetupQuestion = {
	id: 'secondCopy',
	applies: ({situation}) => !situation.isStored,
	isAnswered: ({values}) => values.copy !== undefined,
	options: () => choices,
	proposeOption: ({values}) => values.copy,
	take: (_, {option}) => {
		const chosen = choices.find(({id}) => id === option);
		return chosen && answered({copy: chosen.id});
	},
	rows: ({values: {copy}}) => (copy === 'later' ? [{label: 'Second copy', value: 'not yet'}] : []),
	View: () => (
		<Ask title="Keep a second copy in another place?">
			<Select />
			<Hints
				lines={[
					'A backup on one disk is half a backup. The copy is encrypted, and this computer gets no key to read it. Each backup sends what changed.',
				]}
			/>
		</Ask>
	),
};

/** The folder of the second copy. Whether it is there is seen when it is tried. */
export const copyFolder: SetupQuestion = {
	id: 'copyFolder',
	applies: ({values}) => values.copy === 'folder',
	isAnswered: ({values}) => values.copyFolder !== undefined,
	field: {
		label: 'folder',
		placeholder: '/mnt/nas/cistern',
		propose: ({values}) => values.copyFolder ?? '',
	},
	take: ({values}, {text}) => {
		// In the settings file, a relative path starts at that file and not here.
		if (!/^(?:[/~]|\\\\|[a-z]:[\\/])/i.test(text)) {
			return refused('Type the whole path of a folder that is there, such as /mnt/nas/cistern.');
		}

		return isInside(text, values.folder?.path ?? '')
			? refused('This lies in the backup folder. Choose a place on another disk.')
			: answered({copyFolder: text});
	},
	rows: ({values}) =>
		values.copy !== 'folder' || values.copyFolder === undefined
			? []
			: [{label: 'Second copy', value: values.copyFolder}],
	View: () => (
		<Ask title="In which folder?">
			<Field />
			<Hints
				lines={[
					'It has to be there already: a share that is not mounted must not look like an empty one.',
					'A folder does not keep a program from deleting. A bucket with Object Lock does.',
				]}
			/>
		</Ask>
	),
};

const isInside = (path: string, folder: string): boolean =>
	folder !== '' && `${path}/`.startsWith(`${folder}/`);
