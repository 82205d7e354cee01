import {Box, Text} from 'ink';
import {apiTokenScopes} from '../../../domain/access-scopes.ts';
import {Secret} from '../../../domain/secret.ts';
import {tokenPage} from '../../../domain/token-kind.ts';
import {describeToken} from '../answered-rows.ts';
import {Link} from '../link.tsx';
import {useLooks} from '../look-context.tsx';
import {Hint, Question} from '../question.tsx';
import {TextField} from '../text-field.tsx';
import type {WizardState} from '../wizard-state.ts';

export const TokenQuestion = ({state}: {readonly state: WizardState}) => {
	const {style} = useLooks();
	const text = state.editor.text.trim();
	const entered = text === '' ? '' : describeToken(text, new Secret(text).ending());
	return (
		<Question title="API token">
			<TextField label="token" editor={state.editor} isActive isMasked />
			<Box paddingLeft={2}>
				<Hint>{entered === '' ? 'Paste it: it is not shown.' : entered}</Hint>
			</Box>
			<Box marginTop={1} flexWrap="wrap">
				<Text>{'Make one: '}</Text>
				<Link address={tokenPage} />
			</Box>
			<Hint>"Create API token with scopes", app Bitbucket, then tick</Hint>
			<Box flexDirection="column" paddingLeft={2}>
				{apiTokenScopes.map(({scope, purpose}) => (
					<Text key={scope} wrap="truncate">
						{`${scope.padEnd(27)}${style('dim', purpose)}`}
					</Text>
				))}
			</Box>
		</Question>
	);
};
