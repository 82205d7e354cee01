import type {ComponentType} from 'react';
import {ApiAuthNameQuestion} from './questions/api-auth-name-question.tsx';
import {AuthNameQuestion} from './questions/auth-name-question.tsx';
import {CheckQuestion} from './questions/check-question.tsx';
import {FolderQuestion} from './questions/folder-question.tsx';
import {PublicOnlyQuestion} from './questions/public-only-question.tsx';
import {ReviewQuestion} from './questions/review-question.tsx';
import {StartQuestion} from './questions/start-question.tsx';
import {TokenPlaceQuestion} from './questions/token-place-question.tsx';
import {TokenQuestion} from './questions/token-question.tsx';
import {TypeQuestion} from './questions/type-question.tsx';
import {WorkspaceQuestion} from './questions/workspace-question.tsx';
import type {Step, WizardState} from './wizard-state.ts';

const questions: Readonly<Record<Step, ComponentType<{readonly state: WizardState}>>> = {
	start: StartQuestion,
	workspace: WorkspaceQuestion,
	type: TypeQuestion,
	authName: AuthNameQuestion,
	publicOnly: PublicOnlyQuestion,
	apiAuthName: ApiAuthNameQuestion,
	token: TokenQuestion,
	check: CheckQuestion,
	folder: FolderQuestion,
	tokenPlace: TokenPlaceQuestion,
	review: ReviewQuestion,
};

export const CurrentQuestion = ({state}: {readonly state: WizardState}) => {
	const Current = questions[state.step];
	return <Current state={state} />;
};
