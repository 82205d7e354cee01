import type {SettingRow} from './setting-row.ts';
import {rowsOf, type SectionName} from './settings-table.ts';

/** `cistern setup --example` prints this: every key, with its purpose. */
export const writeExample = (): string =>
	[
		'# Settings of Cistern, which backs up whole Bitbucket workspaces.',
		'# The format is that of SCM Backup: its settings.yml works here as it is.',
		'# %NAME% in a value stands for the environment variable NAME.',
		'',
		...writeRows('top', ''),
		'',
	].join('\n');

const writeRows = (section: SectionName, indent: string): readonly string[] =>
	rowsOf(section).flatMap(([key, row], index) => [
		...(index > 0 ? [''] : []),
		...writeRow(key, row, indent),
	]);

/** A list of one source: its first key stands behind a dash. */
const writeSource = (): readonly string[] => {
	const lines = writeRows('source', '    ');
	const first = lines.findIndex((line) => !/^ *#/.test(line));
	return lines.map((line, index) => {
		if (index < first) {
			return line.slice(2);
		}

		return index === first ? `  - ${line.trimStart()}` : line;
	});
};

const writeRow = (key: string, row: SettingRow, indent: string): readonly string[] => {
	if (row.block !== undefined) {
		const help = wrap(row.help, 88).map((line) => `# ${line}`);
		return [...help, ...row.block.map((line) => `# ${line}`)];
	}

	switch (key) {
		case 'sources':
			return ['sources:', ...writeSource()];
		case 'options':
		case 'backup':
			return [`${indent}${key}:`, ...writeRows(key, `${indent}  `)];
		default:
			return [
				...wrap(row.help, 88 - indent.length).map((line) => `${indent}# ${line}`),
				...(row.examples ?? []).map(
					(value) => `${indent}${row.isOptional ? '# ' : ''}${key}: ${value}`,
				),
			];
	}
};

const wrap = (text: string, columns: number): readonly string[] => {
	const lines: string[] = [];
	for (const word of text.split(' ')) {
		const line = lines.at(-1);
		if (line === undefined || line.length + 1 + word.length > columns) {
			lines.push(word);
		} else {
			lines.splice(-1, 1, `${line} ${word}`);
		}
	}

	return lines;
};
