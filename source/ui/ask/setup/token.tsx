import {Box, Text} from 'ink';
import {scopesToTick} from '../../../domain/access/scopes.ts';
import {findTokenWrapping} from '../../../domain/answers/checks.ts';
import {isCleanToken, tokenKind, tokenPage} from '../../../domain/answers/token-kind.ts';
import type {AccessKind} from '../../../domain/answers/wizard-answers.ts';
import {Secret} from '../../../domain/settings/settings.ts';
import {padToWidth} from '../../text/width.ts';
import {Field} from '../field.tsx';
import {Ask, Hints, Link, useDisplay} from '../layout.tsx';
import {refused} from '../question.ts';
import type {SetupForm, SetupOutcome, SetupQuestion, Values} from './form.ts';

/** The token, which is never shown. An empty field keeps the one there is. */
export const token: SetupQuestion = {
	id: 'token',
	isCounted: true,
	applies: ({values}) => values.access !== 'public',
	isAnswered: ({values}) => values.token !== undefined,
	field: {label: 'token', isSecret: true, propose: () => ''},
	take: (form, {text}) => {
		const given = text === '' ? keptToken(form) : new Secret(text);
		if (given === undefined) {
			return refused('Paste the token here. It is not shown.');
		}

		const wrapping = findTokenWrapping(given.reveal());
		if (wrapping !== undefined) {
			return refused(`The token ${wrapping}.`, '');
		}

		return isCleanToken(given.reveal())
			? takeToken(form, given)
			: refused('The token holds a space or the like. Copy it again: it is one word.', '');
	},
	rows: ({values}) =>
		values.token === undefined || values.access === 'public'
			? []
			: [{label: 'Token', value: describeToken(values.token)}],
	View: ({form, text, problem}) => {
		const {style} = useDisplay();
		const isAccessToken = form.values.access === 'access-token';
		return (
			<Ask title={isAccessToken ? 'Access token' : 'API token'}>
				<Field />
				<Box paddingLeft={2} flexShrink={0}>
					<Text>{style('dim', remark(text.trim(), problem, keptToken(form)))}</Text>
				</Box>
				{isAccessToken ? (
					<Hints
						lines={[
							'An administrator creates one in the settings of the workspace, under "Access tokens". Tick Repositories: Read.',
						]}
					/>
				) : (
					<HowToCreateOne />
				)}
			</Ask>
		);
	},
};

const keptToken = ({values, situation}: SetupForm): Secret | undefined =>
	values.token ?? situation.suggestions.token;

const takeToken = (form: SetupForm, given: Secret): SetupOutcome => {
	const accept =
		(access: AccessKind) =>
		(current: SetupForm): SetupForm => ({
			...current,
			values: {...withToken(current.values, given), access},
		});
	switch (tokenKind(given.reveal())) {
		case 'app-password':
			return refused(
				'This is an app password. Bitbucket switched them off in July 2026. Create an API token with scopes instead, at the address above.',
				'',
			);
		case 'access-token':
			return {kind: 'answered', change: accept('access-token')};
		default:
			return (form.values.apiAuthName ?? '') === ''
				? {
						kind: 'go',
						to: 'apiAuthName',
						change: accept('account'),
						problem: 'This token belongs to a person, so it needs your e-mail address.',
					}
				: {kind: 'answered', change: accept('account')};
	}
};

/** Where another token was kept says nothing about where this one will be. */
const withToken = (values: Values, given: Secret): Values => {
	const {tokenPlace: _tokenPlace, ...others} = values;
	return values.token?.reveal() === given.reveal() ? values : {...others, token: given};
};

const remark = (text: string, problem: string | undefined, kept: Secret | undefined): string => {
	if (text !== '') {
		return describeToken(new Secret(text));
	}

	return kept === undefined || problem !== undefined
		? 'Paste it: it is not shown.'
		: `${describeToken(kept)}; enter keeps it, a paste replaces it`;
};

const kinds = {
	'api-token': 'Bitbucket API token',
	'access-token': 'Bitbucket access token',
	'app-password': 'app password',
	unknown: 'token of an unknown kind',
} as const;

/** `Bitbucket API token, ends in …9f3c` */
const describeToken = (secret: Secret): string => {
	const kind = kinds[tokenKind(secret.reveal())];
	const ending = secret.ending();
	return ending === '' ? kind : `${kind}, ends in ${ending}`;
};

/** Where a token is made, and the boxes to tick there. */
const HowToCreateOne = () => {
	const {style} = useDisplay();
	return (
		<Box marginTop={1} flexDirection="column" overflowY="hidden">
			<Box flexWrap="wrap" flexShrink={0}>
				<Text>{'Create one: '}</Text>
				<Link address={tokenPage} />
			</Box>
			<Box flexShrink={0}>
				<Text>{style('dim', '"Create API token with scopes", app Bitbucket, then tick')}</Text>
			</Box>
			<Box flexDirection="column" paddingLeft={2} flexShrink={0}>
				{scopesToTick.map(([scopes, purpose]) => (
					<Text key={scopes} wrap="truncate">
						{`${padToWidth(scopes, 26)}  ${style('dim', purpose)}`}
					</Text>
				))}
			</Box>
		</Box>
	);
};
