import {answers} from '../domain/settings/settings-table.ts';
import {type Environment, readVariable} from '../domain/settings/variables.ts';
import type {CommonOptions} from '../invocation.ts';

/** Another address of the API than the settings file has, as it was given to a setup. */
export type GivenApi = {
	/** It is asked in place of every source's own. */
	readonly url: string | undefined;
	/** What the source that is set up gets for its own: the option's address. */
	readonly toWrite: string | undefined;
	/**
	 * What later runs have to be given: a variable stays one. It wins over the file wherever it is
	 * set, and once written it would go on when nobody sets it any more.
	 */
	readonly toSet: string | undefined;
};

export const readGivenApi = ({apiUrl}: CommonOptions, environment: Environment): GivenApi => {
	const isVariable = apiUrl === readVariable(environment, answers.apiUrl.variable);
	return {
		url: apiUrl,
		toWrite: isVariable ? undefined : apiUrl,
		toSet: isVariable ? apiUrl : undefined,
	};
};
