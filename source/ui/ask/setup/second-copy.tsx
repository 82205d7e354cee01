import {Ask, Hints} from '../layout.tsx';
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
