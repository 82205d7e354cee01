/** A line of text that is being written, and where in it; counted in characters. */
export type LineEditor = {
	readonly text: string;
	readonly cursor: number;
	/** All of it is selected: what is typed takes its place. */
	readonly isSelected?: true;
};

export type EditKey =
	| 'left'
	| 'right'
	| 'home'
	| 'end'
	| 'backspace'
	| 'delete'
	| 'delete-word'
	| 'delete-before';

export const startEditor = (text: string): LineEditor => ({text, cursor: [...text].length});

/** For a text that nobody sees: a paste behind the rest of it could not be told from a good one. */
export const startSelected = (text: string): LineEditor => ({
	...startEditor(text),
	isSelected: true,
});

/** Whatever has no place in one line: control characters, line ends, invisible marks. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * What is left of a mark of a bracketed paste (ESC [ 200 ~) where a slow line brings its ESC long
 * before the rest, so that Ink takes the two for different keys. The rest may come in pieces, too.
 */
const pasteMark = /\[20[01]~/g;

export const insertText = (editor: LineEditor, added: string): LineEditor => {
	const printable = added.replace(unprintable, '');
	if (printable === '') {
		return editor;
	}

	const {text, cursor} = editor.isSelected ? startEditor('') : editor;
	const characters = [...text];
	const before = characters.slice(0, cursor).join('') + printable;
	const clean = [...before.replace(pasteMark, '')];
	return {text: [...clean, ...characters.slice(cursor)].join(''), cursor: clean.length};
};

export const editLine = (editor: LineEditor, key: EditKey): LineEditor => {
	const {text, cursor, isSelected} = editor;
	const characters = [...text];
	const end = characters.length;
	if (isSelected && deletions.includes(key)) {
		return startEditor('');
	}

	switch (key) {
		case 'left':
			return {text, cursor: Math.max(0, cursor - 1)};
		case 'right':
			return {text, cursor: Math.min(end, cursor + 1)};
		case 'home':
			return {text, cursor: 0};
		case 'end':
			return {text, cursor: end};
		case 'backspace':
			return cut(characters, Math.max(0, cursor - 1), cursor);
		case 'delete':
			return cut(characters, cursor, Math.min(end, cursor + 1));
		case 'delete-before':
			return cut(characters, 0, cursor);
		case 'delete-word':
			return cut(characters, wordStart(characters, cursor), cursor);
	}
};

const deletions: readonly EditKey[] = ['backspace', 'delete', 'delete-word', 'delete-before'];

const cut = (characters: readonly string[], from: number, to: number): LineEditor => ({
	text: [...characters.slice(0, from), ...characters.slice(to)].join(''),
	cursor: from,
});

const wordStart = (characters: readonly string[], cursor: number): number => {
	const before = characters.slice(0, cursor).join('');
	return [...before.replace(/\S+\s*$/, '')].length;
};
