import type {Keychain, TokenPlace} from '../../../domain/answers/wizard-answers.ts';
import {Ask, Hints} from '../layout.tsx';
import {Select} from '../select.tsx';
import {answered, type SetupQuestion} from './form.ts';

export const tokenPlace: SetupQuestion = {
	id: 'tokenPlace',
	applies: ({values}) => values.access !== 'public',
	isAnswered: ({values}) => values.tokenPlace !== undefined,
	options: ({situation: {keychains, tokenVariable}}) => [
		...keychains.map(({command, name}) => ({
			id: `keychain:${command}`,
			label: name,
			detail: `by its command ${command}`,
		})),
		// The file comes before the variable: cron does not know the variable.
		{id: 'file', label: 'The settings file', detail: 'only you can read it (mode 0600)'},
		{
			id: 'environment',
			label: 'An environment variable',
			detail: `${tokenVariable}, which you set, for cron too`,
		},
	],
	proposeOption: ({values, situation}) => {
		const place = values.tokenPlace ?? situation.suggestions.tokenPlace;
		return place?.kind === 'keychain' ? `keychain:${place.command}` : place?.kind;
	},
	take: (form, {option}) =>
		option === undefined
			? undefined
			: answered({tokenPlace: placeFrom(option, form.situation.tokenVariable)}),
	rows: ({values, situation}) =>
		values.tokenPlace === undefined
			? []
			: [{label: 'Token kept in', value: describe(values.tokenPlace, situation.keychains)}],
	View: ({form: {situation}}) => (
		<Ask title="Where should the token be kept?">
			<Select />
			<Hints
				lines={[
					`If you choose the variable, add this line to ${situation.shellProfile}, with your token:`,
					`  export ${situation.tokenVariable}='...'`,
				]}
			/>
		</Ask>
	),
};

const placeFrom = (option: string, variable: string): TokenPlace => {
	if (option.startsWith('keychain:')) {
		return {kind: 'keychain', command: option.slice('keychain:'.length)};
	}

	return option === 'file' ? {kind: 'file'} : {kind: 'environment', variable};
};

const describe = (place: TokenPlace, keychains: readonly Keychain[]): string => {
	switch (place.kind) {
		case 'keychain':
			return keychains.find(({command}) => command === place.command)?.name ?? place.command;
		case 'environment':
			return `the variable ${place.variable}`;
		case 'file':
			return 'the settings file';
	}
};
