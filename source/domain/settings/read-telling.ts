import {isLoopback} from '../access/git-address.ts';
import {
	type MailRoute,
	type TargetDraft,
	type TargetKind,
	tellKinds,
	usualWhen,
	type WayDraft,
	type When,
} from '../tell/target.ts';
import {problemWith} from './make-source.ts';
import {
	type Given,
	type Reading,
	readSection,
	type ValuesOf,
	withVariables,
} from './read-settings.ts';
import {type SecretWay, waysOf} from './secret.ts';
import {type SettingPath, type SettingsProblem, shorten} from './settings-problem.ts';
import {rowsOf} from './settings-table.ts';

/** The sections `email` and `tell`. */
export type TellingSections = {readonly email: unknown; readonly tell: unknown};

/** Those who are to be told. One with a mistake is reported and left out; the others are still told. */
export const readTelling = (
	{email, tell}: TellingSections,
	reading: Reading,
): readonly TargetDraft[] => {
	const count = new Map<string, number>();
	const targets = [...readEmail(email, reading), ...readEntries(tell, reading)];
	return targets.map((target) => {
		const {kind} = target.way;
		const number = (count.get(kind) ?? 0) + 1;
		count.set(kind, number);
		return {...target, name: number === 1 ? kind : `${kind} ${number}`};
	});
};

type Unnamed = Omit<TargetDraft, 'name'>;

const readEntries = (tell: unknown, reading: Reading): readonly Unnamed[] => {
	if (tell === undefined || tell === null || tell === '') {
		return [];
	}

	if (!Array.isArray(tell)) {
		reading.report({
			path: ['tell'],
			part: 'value',
			message: 'tell must be a list',
			hint: 'each entry begins with a dash, such as "- ping: https://..."',
		});
		return [];
	}

	return tell.flatMap((entry: unknown, index) => readEntry(entry, ['tell', index], reading));
};

const readEntry = (content: unknown, path: SettingPath, reading: Reading): readonly Unnamed[] =>
	unlessWrong(reading, (inner) => {
		const {values} = readSection(content, path, 'target', inner);
		checkValues('target', values, inner);
		const kinds = tellKinds.filter((kind) =>
			kind === 'command' ? values.command !== undefined : waysOf(values, kind).length > 0,
		);
		const [kind, second] = kinds;
		if (kind === undefined || second !== undefined) {
			inner.report({
				path,
				part: 'value',
				message:
					kind === undefined
						? 'this entry tells nothing'
						: `this entry has a ${kind} and a ${second}`,
				hint: `each has one of ${tellKinds.join(', ')}`,
			});
			return [];
		}

		const secrets = pickSecrets(
			values,
			[...tellKinds.filter((one) => one !== 'command'), 'token', 'header'],
			inner,
		);
		const way: WayDraft =
			kind === 'command' ? {kind, line: values.command?.text ?? '', secrets} : {kind, secrets};
		return [
			{
				path,
				when: readWhen(values.when, kind),
				names: values.names === undefined ? kind !== 'ping' : values.names.text === 'true',
				way,
			},
		];
	});

const readEmail = (content: unknown, reading: Reading): readonly Unnamed[] =>
	content === undefined || content === null || content === ''
		? []
		: unlessWrong(reading, (inner) => {
				const {values} = readSection(content, ['email'], 'email', inner);
				checkValues('email', values, inner);
				const secrets = pickSecrets(values, ['password'], inner);
				const way = {kind: 'email' as const, ...readRoute(values), secrets};
				return [{path: ['email'], when: readWhen(values.when, 'email'), names: true, way}];
			});

/** SCM Backup's library takes port 0 for the usual one (MailKit, `ComputeDefaultValues`). */
const readRoute = (values: ValuesOf<'email'>): MailRoute => {
	const server = values.server?.text ?? '';
	const isFirst = values.useSsl;
	const isOpen = values.tls !== undefined || values.userName === undefined || isLoopback(server);
	return {
		from: values.from?.text ?? '',
		to: (values.to?.text ?? '')
			.split(/[;,]/)
			.map((address) => address.trim())
			.filter((address) => address !== ''),
		server,
		port: Number(values.port?.text ?? 0) || (isFirst ? 465 : 25),
		tls: isFirst ? 'first' : isOpen ? 'offered' : 'needed',
		userName: values.userName?.text,
	};
};

const readWhen = (given: Given | undefined, kind: TargetKind): When =>
	given?.text === 'always' || given?.text === 'news' || given?.text === 'problems'
		? given.text
		: usualWhen(kind);

/** The value that was read, unless something about it was reported. */
const unlessWrong = <Item>(
	{environment, report}: Reading,
	read: (inner: Reading) => readonly Item[],
): readonly Item[] => {
	let isWrong = false;
	const found = read({
		environment,
		report: (problem: SettingsProblem) => {
			isWrong = true;
			report(problem);
		},
	});
	return isWrong ? [] : found;
};

/** Reports what the table's checks refuse, and what is missing. */
const checkValues = (
	section: 'email' | 'target',
	values: Readonly<Record<string, unknown>>,
	{report}: Reading,
): void => {
	for (const [key, {check, missing}] of rowsOf(section)) {
		const given = values[key] as Given | undefined;
		if (given === undefined && missing !== undefined) {
			report({path: [section], part: 'value', message: `${key} is missing`, hint: missing});
		} else if (check !== undefined && typeof given === 'object') {
			const wrong = check(given.text);
			if (wrong !== undefined) {
				report(problemWith(given, `${key} "${shorten(given.text)}" ${wrong}`));
			}
		}
	}
};

const pickSecrets = (
	values: Readonly<Record<string, unknown>>,
	keys: readonly string[],
	{report}: Reading,
): Readonly<Record<string, SecretWay>> =>
	Object.fromEntries(
		keys.flatMap((key) => {
			const [first, second] = waysOf(values as Parameters<typeof waysOf>[0], key);
			if (first !== undefined && second !== undefined) {
				const message = `there is a ${first.key} and a ${second.key}`;
				report(problemWith(second.given, message, 'keep one of them'));
			}

			return first === undefined ? [] : [[key, first]];
		}),
	);

/** Reports each variable that a secret needs and that is not set. */
export const checkSecrets = (targets: readonly TargetDraft[], reading: Reading): void => {
	for (const {way} of targets) {
		for (const secret of Object.values(way.secrets)) {
			if (secret.way === 'value') {
				withVariables(secret.given, reading);
			}
		}
	}
};
