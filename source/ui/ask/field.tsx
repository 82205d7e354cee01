import {Box, Text, useIsScreenReaderEnabled} from 'ink';
import TextInput from 'ink-text-input';
import {beginsLikeToken} from '../../domain/answers/token-kind.ts';
import {useAsking} from './ask.tsx';
import {useDisplay} from './layout.tsx';

/**
 * The text field of the current question. ink-text-input edits the line, but computes from what it
 * painted last. The true text is held by the asking, ahead of the painting; if the two differ,
 * the input is mounted anew, which puts its cursor at the end.
 */
export const Field = () => {
	const {asking, keyboard, state} = useAsking();
	const {style, marks, hasUnicode} = useDisplay();
	const isReader = useIsScreenReaderEnabled();
	const {text, visit, edition, row, isBusy, isTorn, question} = state;
	const {field} = question;
	if (field === undefined) {
		return null;
	}

	const {label, placeholder = '', isSecret = false, isFilter = false} = field;
	const isActive = !isBusy && (isFilter || row === 0);
	// A token may end up in any field, by mistake or from a torn paste.
	const isHidden = isSecret || isTorn || beginsLikeToken(text);
	const input = (
		<TextInput
			key={`${visit}.${edition}`}
			value={text}
			onChange={(next) => asking.change({visit, text}, next, keyboard.isText)}
			focus={!isBusy}
			showCursor={isActive}
			// Left out if nothing is hidden: an empty mask masks nothing.
			{...(isHidden ? {mask: hasUnicode ? '•' : '*'} : {})}
		/>
	);
	if (isReader) {
		const said = isHidden ? `${text.length} characters, hidden` : text;
		return (
			<>
				<Box display="none">{input}</Box>
				<Text>{`${label}: ${text === '' ? 'empty' : said}`}</Text>
			</>
		);
	}

	return (
		<Box flexShrink={0}>
			<Box flexShrink={0}>
				<Text>{isActive ? `${style('bold', marks.chosen)} ` : '  '}</Text>
			</Box>
			<Text wrap="truncate-start">
				{input}
				{text === '' && placeholder !== '' ? ` ${style('dim', placeholder)}` : ''}
			</Text>
		</Box>
	);
};
