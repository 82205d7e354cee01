import type {
	RememberedAnswers,
	SourceAnswers,
	WizardAnswers,
} from '../../domain/answers/wizard-answers.ts';
import type {Values} from './wizard-state.ts';

/** What the live check needs; undefined while something is missing. */
export const sourceAnswersFrom = (values: Values): SourceAnswers | undefined => {
	const {workspace, type, access, authName = '', apiAuthName = '', token, start} = values;
	if (workspace === undefined || type === undefined || access === undefined) {
		return undefined;
	}

	const place = {workspace, type, access, replaces: start?.replaces};
	return access === 'public'
		? {...place, authName: '', apiAuthName: '', token: undefined}
		: {...place, authName, apiAuthName, token};
};

/** Everything; undefined while something is missing. */
export const answersFrom = (values: Values): WizardAnswers | undefined => {
	const source = sourceAnswersFrom(values);
	const {folder, tokenPlace} = values;
	if (source === undefined || folder === undefined) {
		return undefined;
	}

	return {
		...source,
		folder: folder.path,
		tokenPlace: source.token === undefined ? undefined : tokenPlace,
	};
};

/** The part that may be kept for next time. */
export const rememberable = (values: Values): RememberedAnswers => {
	const {workspace, type, authName, apiAuthName, folder} = values;
	return {
		...(workspace === undefined ? {} : {workspace}),
		...(type === undefined ? {} : {type}),
		...(authName === undefined ? {} : {authName}),
		...(apiAuthName === undefined ? {} : {apiAuthName}),
		...(folder === undefined ? {} : {folder: folder.path}),
	};
};
