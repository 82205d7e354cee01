import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** A package of others of which something is in the bundle. */
export type ThirdParty = {
	readonly name: string;
	readonly version: string;
	/** An SPDX expression. */
	readonly licence: string;
	/** The texts that have to go along with it. */
	readonly notices: readonly string[];
};

const noticeFile = /^(?:licen[cs]e|copying|notice)/i;

/** The notices of packages that bring no file with them, from the head of their source. */
const noticesElsewhere: Readonly<Record<string, string>> = {
	'yoga-layout': `MIT License

Copyright (c) Meta Platforms, Inc. and affiliates.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`,
};

/** The packages that the bundled files belong to, sorted. Throws if one of them has no notice. */
export const findThirdParties = (files: Iterable<string>): readonly ThirdParty[] => {
	const folders = new Set([...files].map(packageFolder).filter((folder) => folder !== undefined));
	const found = new Map([...folders].map(readThirdParty).map((one) => [referTo(one), one]));
	return [...found.keys()].toSorted().flatMap((key) => found.get(key) ?? []);
};

const referTo = ({name, version}: ThirdParty): string => `${name} ${version}`;

/** Nothing for a file of our own. */
const packageFolder = (file: string): string | undefined =>
	/^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];

const readThirdParty = (folder: string): ThirdParty => {
	const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const files = readdirSync(folder).filter((file) => noticeFile.test(file));
	const notices = files.toSorted().map((file) => readFileSync(join(folder, file), 'utf8'));
	const notice = notices.length === 0 ? noticesElsewhere[name] : undefined;
	const all = notice === undefined ? notices : [notice];
	if (all.length === 0) {
		throw new Error(`${name} ${version} brings no licence: see media/packaging/third-party.ts`);
	}
	return {name, version, licence: license, notices: all.map(tidy)};
};

const tidy = (text: string): string => text.replaceAll('\r\n', '\n').trim();

/** The text of THIRD-PARTY-LICENCES: each notice once, below the names of all packages that have it. */
export const writeNotices = (thirdParties: readonly ThirdParty[]): string => {
	const byText = Map.groupBy(thirdParties, ({notices}) =>
		notices.join(`\n\n${'-'.repeat(80)}\n\n`),
	);
	return `${[
		'Cistern contains parts of the following packages, under these licences.',
		...[...byText].map(([text, packages]) =>
			formatNotice(
				packages.map((one) => `${referTo(one)} (${one.licence})`),
				text,
			),
		),
	].join('\n\n')}\n`;
};

export const formatNotice = (titles: readonly string[], text: string): string => {
	const line = '='.repeat(80);
	return [line, ...titles, line, '', tidy(text)].join('\n');
};
