import {isRefusal} from '../../domain/failure/failure-table.ts';
import type {Looked} from '../../domain/plan/look.ts';

/**
 * Where git lets others in with the same credentials, a repository that refuses them does so for
 * reasons of its own: advice about user name and scopes would lead astray.
 */
export const tellOwnRefusals = (looked: readonly Looked[]): readonly Looked[] =>
	looked.some(({look}) => look.state === 'seen') ? looked.map(tellOwnRefusal) : looked;

const tellOwnRefusal = (one: Looked): Looked => {
	const {look} = one;
	return look.state === 'failed' && isRefusal(look.failure)
		? {
				...one,
				look: {
					...look,
					failure: {
						kind: 'forbidden',
						door: 'git',
						message: 'git lets this token into other repositories, and not into this one',
					},
				},
			}
		: one;
};
