import {describeJson} from './describe-json.ts';

const begin = '<!-- from the schema, by npm run docs -->';
const end = '<!-- to here -->';

/** The README with its tables of `--json` as the schema has it. Throws where their place is gone. */
export const replaceJsonTables = (
	readme: string,
	schema: Parameters<typeof describeJson>[0],
): string => {
	const [before, rest] = readme.split(begin);
	const after = rest?.split(end)[1];
	if (before === undefined || after === undefined) {
		throw new Error(`README.md has lost the line "${begin}" or "${end}".`);
	}
	return `${before}${begin}\n\n${describeJson(schema)}\n\n${end}${after}`;
};
