import type {YAMLError} from 'yaml';

type Explanation = readonly [message: string, hint?: string];

/** The parser's complaints in our own words; its own may quote the file, a token included. */
const explanations: Partial<Record<YAMLError['code'], Explanation>> = {
	BAD_DQ_ESCAPE: [
		'a backslash in double quotes has a meaning of its own',
		"put the value in single quotes ('')",
	],
	BAD_INDENT: ['this line is not indented like its neighbours', 'line them up'],
	BAD_SCALAR_START: [
		'a value that begins with this character must stand in quotes',
		"write it as '...'",
	],
	BLOCK_AS_IMPLICIT_KEY: [
		'there is a second key or colon on this line',
		'put the value in quotes, or the key on a line of its own',
	],
	DUPLICATE_KEY: ['this key stands here for the second time', 'remove one of the two'],
	MISSING_CHAR: ['something is opened here and not closed', 'look for a missing quote or bracket'],
	MULTILINE_IMPLICIT_KEY: ['a key must be on one line', 'look for a missing colon or quote above'],
	MULTIPLE_DOCS: ['a second document begins here', 'remove the line ---'],
	TAB_AS_INDENT: ['this line is indented with a tab', 'use spaces'],
	UNEXPECTED_TOKEN: ['this cannot stand here', 'look for a missing quote, bracket or colon above'],
};

/** What is wrong and what would be right, for a complaint of the parser's. */
export const explainYaml = ({code}: YAMLError): {message: string; hint?: string} => {
	const [message, hint] = explanations[code] ?? ['this is not YAML'];
	return hint === undefined ? {message} : {message, hint};
};
