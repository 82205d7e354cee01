import {Box, Text} from 'ink';
import {apiTokenScopes} from '../../../domain/access/access.ts';
import {tokenPage} from '../../../domain/answers/token-kind.ts';
import {Secret} from '../../../domain/settings/settings.ts';
import {describeToken} from '../answered-rows.ts';
import {Link} from '../link.tsx';
import {useLooks} from '../look-context.tsx';
import {Hints, Question} from '../question.tsx';
import {TextField} from '../text-field.tsx';
import type {WizardState} from '../wizard-state.ts';

export const TokenQuestion = ({state}: {readonly state: WizardState}) => {
	const {style} = useLooks();
	const isAccessToken = state.values.access === 'access-token';
	const text = state.editor.text.trim();
	const keeps = state.problem === undefined ? 'enter keeps it, ' : '';
	const kept = state.editor.isSelected ? `; ${keeps}a paste takes its place` : '';
	const entered =
		text === ''
			? 'Paste it: it is not shown.'
			: `${describeToken(text, new Secret(text).ending())}${kept}`;
	return (
		<Question title={isAccessToken ? 'Access token' : 'API token'}>
			<TextField label="token" editor={state.editor} isActive isMasked />
			<Box paddingLeft={2} flexShrink={0}>
				<Text>{style('dim', entered)}</Text>
			</Box>
			{isAccessToken ? <HowToMakeAccessToken /> : <HowToMakeOne />}
		</Question>
	);
};

/** Where a token is made, and what has to be ticked there. */
const HowToMakeOne = () => {
	const {style} = useLooks();
	return (
		<Box marginTop={1} flexDirection="column" overflowY="hidden">
			<Box flexWrap="wrap" flexShrink={0}>
				<Text>{'Make one: '}</Text>
				<Link address={tokenPage} />
			</Box>
			<Box flexShrink={0}>
				<Text>{style('dim', '"Create API token with scopes", app Bitbucket, then tick')}</Text>
			</Box>
			<Box flexDirection="column" paddingLeft={2} flexShrink={0}>
				{apiTokenScopes.map(({scope, purpose}) => (
					<Text key={scope} wrap="truncate">
						{`${scope.padEnd(27)}${style('dim', purpose)}`}
					</Text>
				))}
			</Box>
		</Box>
	);
};

const HowToMakeAccessToken = () => (
	<Hints
		lines={[
			'An administrator of the workspace makes one in its settings, under "Access tokens". Tick Repositories: Read.',
		]}
	/>
);
