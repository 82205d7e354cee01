import {Ask, Hints} from '../layout.tsx';
import {Select} from '../select.tsx';
import {answered, folderInUse, type SetupForm, type SetupQuestion} from './form.ts';

/** Asked if a source, or SCM Backup, is set up already. */
export const start: SetupQuestion = {
	id: 'start',
	applies: ({situation}) => situation.scmBackupFile !== undefined || situation.sources.length > 0,
	isAnswered: ({values}) => values.start !== undefined,
	options: ({situation: {scmBackupFile, sources}}) => [
		...(scmBackupFile === undefined
			? []
			: [
					{
						id: 'take-over',
						label: 'Use this file',
						detail: `${scmBackupFile.path}: ${scmBackupFile.workspaces.join(', ')}`,
					},
				]),
		{id: 'new', label: sources.length > 0 ? 'Add a workspace' : 'Answer questions', detail: ''},
		...sources.map(({title}) => ({id: `change:${title}`, label: `Change ${title}`, detail: ''})),
	],
	take: ({situation: {scmBackupFile, sources, folder}}, {option}) => {
		if (option === 'take-over' && scmBackupFile !== undefined) {
			const {path, to} = scmBackupFile;
			return {kind: 'finished', result: {kind: 'take-over', file: path, to}};
		}

		const source = sources.find(({title}) => option === `change:${title}`);
		if (source !== undefined) {
			return {kind: 'answered', change: (form) => changing(form, source)};
		}

		const inUse = folder === undefined ? {} : {folder: folderInUse(folder)};
		return answered({...inUse, start: {replaces: undefined}});
	},
	View: ({form}) => {
		const {scmBackupFile} = form.situation;
		return (
			<Ask
				title={
					scmBackupFile === undefined
						? 'What do you want to do?'
						: 'There is a settings file of SCM Backup here. Use it?'
				}
			>
				<Select />
				{scmBackupFile === undefined ? null : (
					<Hints
						lines={[
							`It is copied unchanged to ${scmBackupFile.to}, and the backup continues in its folder.`,
						]}
					/>
				)}
			</Ask>
		);
	},
};

/** Proposes the source's answers one by one, so that Enter keeps each. */
const changing = (
	form: SetupForm,
	{title, answers}: SetupForm['situation']['sources'][number],
): SetupForm => {
	const {situation} = form;
	const {tokenPlace} = answers;
	return {
		...form,
		situation: {
			...situation,
			suggestions: {...situation.suggestions, ...answers},
			tokenVariable:
				tokenPlace?.kind === 'environment' ? tokenPlace.variable : situation.tokenVariable,
			workspaces: [],
		},
		values: {start: {replaces: title}},
	};
};
