import {dirname, isAbsolute, resolve} from 'node:path';
import {type Document, isMap, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq} from 'yaml';
import {isOtherHoster} from '../../domain/answers/checks.ts';
import {StopError} from '../../domain/failure/failure.ts';
import {defaultApiUrl} from '../../domain/settings/settings.ts';
import {
	revealValues,
	type SectionEntry,
	type SettingsEdit,
	type SourceEntry,
} from '../../domain/settings/settings-edit.ts';
import {parseYaml} from './settings-document.ts';

const header = `# Cistern's settings. "cistern setup --example" prints every key with a comment.
`;

/** The text of a settings file with a source added or changed. A new file begins with `beginning`. */
export const editSettings = (
	path: string,
	text: string,
	edit: SettingsEdit,
	beginning = header,
): string => {
	const {document} = parseYaml(path, text === '' ? beginning : text);
	const top = findTop(document, path);
	if (edit.localFolder !== undefined) {
		top.set('localFolder', edit.localFolder);
	}

	const sources = findSources(document, top, path);
	const existing = findSource(sources, edit.replaces ?? edit.entry.title);
	if (existing === undefined) {
		add(document, sources, edit.entry);
	} else {
		change(existing, edit.entry, path);
	}

	for (const addition of edit.additions ?? []) {
		addEntry(document, top, addition, path);
	}

	return write(document);
};

const addEntry = (
	document: Document,
	top: YAMLMap,
	{section, values}: SectionEntry,
	path: string,
): void => {
	const plain = revealValues(values);
	if (section === 'email') {
		addSection(document, top, section, plain);
		return;
	}

	const before = top.get(section) ?? undefined;
	if (before === undefined) {
		addSection(document, top, section, [plain]);
	} else if (isSeq(before)) {
		before.add(document.createNode(plain));
	} else {
		throw new StopError(`${path} cannot be changed: its ${section} is not a list.`);
	}
};

const addSection = (document: Document, top: YAMLMap, key: string, content: object): void => {
	if (top.has(key)) {
		top.set(key, document.createNode(content));
		return;
	}

	const pair = document.createPair(key, content);
	(pair.key as Scalar).spaceBefore = true;
	top.add(pair);
};

/** The text of a settings file for another place: the paths in it become absolute. */
export const withAbsolutePaths = (path: string, text: string): string => {
	const {document} = parseYaml(path, text);
	const top = findTop(document, path);
	const changes = [
		...['localFolder', 'metricsFile'].map((key) => makeAbsolute(top, key, path)),
		...mapsIn(top, 'sources').map((source) => makeAbsolute(source, 'passwordFile', path)),
		...mapsIn(top, 'stores').flatMap((store) =>
			['path', 'accessKeyIdFile', 'secretAccessKeyFile', 'sessionTokenFile'].map((key) =>
				makeAbsolute(store, key, path),
			),
		),
	];
	return changes.includes(true) ? write(document) : text;
};

const mapsIn = (top: YAMLMap, section: string): readonly YAMLMap[] => {
	const list = top.get(section);
	return isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
};

/** Was there a relative path? One that begins with ~, a variable or a drive does not depend on the file's place. */
const makeAbsolute = (map: YAMLMap, key: string, path: string): boolean => {
	const value = map.get(key);
	if (typeof value !== 'string' || isAbsolute(value) || /^[~%]|^[A-Za-z]:[\\/]/.test(value)) {
		return false;
	}

	map.set(key, resolve(dirname(path), value));
	return true;
};

/** Keeps long lines and brackets as the user wrote them. */
const write = (document: Document): string =>
	document.toString({lineWidth: 0, flowCollectionPadding: false});

const findTop = (document: Document, path: string): YAMLMap => {
	if (
		document.contents === null ||
		(isScalar(document.contents) && document.contents.value === null)
	) {
		document.contents = document.createNode({});
	}

	if (!isMap(document.contents)) {
		throw new StopError(`${path} contains no settings, so nothing can be added to it.`);
	}

	return document.contents;
};

const findSources = (document: Document, top: YAMLMap, path: string): YAMLSeq => {
	const found = top.get('sources');
	if (found === null || found === undefined) {
		top.set('sources', document.createNode([]));
	}

	const sources = top.get('sources');
	if (!isSeq(sources)) {
		throw new StopError(`${path} cannot be changed: its sources are not a list.`);
	}

	return sources;
};

const findSource = (sources: YAMLSeq, title: string): YAMLMap | undefined =>
	sources.items.find(
		(item): item is YAMLMap =>
			isMap(item) && String(item.get('title')).toLowerCase() === title.toLowerCase(),
	);

const add = (document: Document, sources: YAMLSeq, entry: SourceEntry): void => {
	const source = document.createNode(Object.fromEntries(valuesOf(entry).filter(isGiven)));
	source.spaceBefore = sources.items.length > 0;
	// An empty list needs brackets, but a source in brackets would be hard to read.
	sources.flow = sources.items.length > 0 && sources.flow === true;
	sources.add(source);
};

const change = (source: YAMLMap, entry: SourceEntry, path: string): void => {
	const hoster = source.get('hoster');
	if (typeof hoster === 'string' && isOtherHoster(hoster)) {
		throw new StopError(
			`The title "${entry.title}" is taken in ${path} by a source of ${hoster}.`,
			{
				advice: 'Choose another title.',
			},
		);
	}

	for (const [key, value] of valuesOf(entry)) {
		if (value === undefined) {
			source.delete(key);
		} else {
			source.set(key, value);
		}
	}
};

type Value = readonly [key: string, value: string | boolean | undefined];

const isGiven = ([, value]: Value): boolean => value !== undefined;

/** In the order of a new source. */
const valuesOf = (entry: SourceEntry): readonly Value[] => [
	['title', entry.title],
	['hoster', 'bitbucket'],
	['type', entry.type],
	['name', entry.name],
	['authName', entry.authName],
	['apiAuthName', entry.apiAuthName],
	['password', entry.password?.reveal()],
	['passwordCommand', entry.passwordCommand],
	// The setup reads the token anew, so a file that held the earlier one is not named any more.
	['passwordFile', undefined],
	['tokenExpires', entry.tokenExpires],
	...apiUrlOf(entry),
	...Object.entries(entry.ofParts ?? {}).map(
		([key, value]): Value => [
			key,
			value === 'true' || value === 'false' ? value === 'true' : value,
		],
	),
];

const apiUrlOf = ({apiUrl}: SourceEntry): readonly Value[] =>
	apiUrl === undefined ? [] : [['apiUrl', apiUrl === defaultApiUrl ? undefined : apiUrl]];
