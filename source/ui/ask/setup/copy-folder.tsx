import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, type SetupQuestion} from './form.ts';

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
