import {formatNumber} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {JsonLine} from './json/contract.ts';
import {formatJsonLine} from './json/json.ts';

/** A saved repository that is missing from a complete listing. */
export type MissingRepository = Extract<JsonLine, {readonly type: 'missing'}>;

/** Something that a part of a saved repository lacks, in words. */
type MissingOfPart = Extract<JsonLine, {readonly type: 'missing-file' | 'missing-settings'}>;

/** One line for each. */
export const formatMissing = (
	missing: readonly (MissingRepository | MissingOfPart)[],
	asJson: boolean,
): string =>
	missing
		.map((one) => {
			const words = ['missing', one.repository, ...('text' in one ? [one.text] : [])];
			return asJson ? formatJsonLine(one) : `${words.map(toPrintable).join('  ')}\n`;
		})
		.join('');

export const askToAcceptGaps = (count: number): string =>
	`A backup is complete without ${count === 1 ? 'it' : 'them'} from now on, and still asks now and then.\nAccept that ${count === 1 ? 'it is' : `all ${formatNumber(count)} are`} missing? [y/N] `;

export const formatAcceptedGaps = (count: number, asJson: boolean): string =>
	asJson ? formatJsonLine({type: 'accepted', count}) : `Accepted as missing: ${count}.\n`;

/** A warning to read before they are accepted. */
export const describeDoubt = (missing: readonly MissingRepository[]): string =>
	missing.length > 0 && missing.every(({isPrivate}) => isPrivate)
		? 'All of them are private, so the token may only see less than before.\n"cistern check" tells what it can see.\n'
		: '';

export const askToAccept = (count: number): string =>
	`Their backups stay as they are.\n${count === 1 ? 'Is this repository' : `Are these ${formatNumber(count)} repositories`} gone from Bitbucket? [y/N] `;

export const formatAccepted = (count: number, asJson: boolean): string =>
	asJson
		? formatJsonLine({type: 'accepted', count})
		: `Marked as gone from Bitbucket: ${count}. Their backups stay as they are.\n`;
