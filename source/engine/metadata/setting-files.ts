import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {JsonObject} from '../../domain/json.ts';
import type {MetadataFile} from '../../domain/metadata/paths.ts';
import {
	isSettingDue,
	noSettings,
	reasonOfDenial,
	type SettingState,
	type SettingsState,
	wordsOfSetting,
} from '../../domain/metadata/settings-state.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {formatNumber, isoTime} from '../../domain/text/format.ts';
import type {MetadataDenied, MetadataKind} from '../../ports/metadata.ts';
import type {Collecting} from './collect.ts';
import {isOfOneAnswer} from './reader.ts';
import type {WholeAnswer} from './whole-answer.ts';

type Items = readonly JsonObject[];

type Question = {
	readonly kind: MetadataKind;
	/** The file's name in the state. */
	readonly name: string;
	readonly ask: () => Promise<WholeAnswer>;
	readonly toFile: (value: unknown) => MetadataFile;
	/** Other questions depend on its items, so it is asked again where a round goes on. */
	readonly isNeeded?: boolean;
};

/** One round through the settings of a repository or a workspace. A file changes only with a whole answer. */
export type SettingFiles = {
	/** The items of the file, if it was asked for and could be read. */
	read(question: Question): Promise<Items | undefined>;
	/** Ends the round. Throws the first failure of a file, which the next run asks for again. */
	finish(): Promise<void>;
};

export const openSettingFiles = (work: Collecting): SettingFiles => {
	const {clock, bitbucket, notice} = work.session;
	const failures: Failure[] = [];
	const settings = (): SettingsState => work.reading.settings ?? noSettings;
	const scopes = (): string => (bitbucket.heldScopes() ?? []).toSorted().join(' ');
	const now = (): string => isoTime(clock.now());

	const note = (name: string, state: SettingState): Promise<void> => {
		const {asked, files, ...rest} = settings();
		return work.moveTo({
			settings: {
				...rest,
				asked: {...asked, [name]: now()},
				files: {...files, [name]: state},
			},
		});
	};

	const deny = (name: string, denied: MetadataDenied): Promise<void> => {
		const {denied: _, ...known} = settings().files[name] ?? {};
		return note(name, {
			...known,
			denied: {
				state: denied.state,
				at: now(),
				reason: reasonOfDenial(denied.failure),
				scopes: scopes(),
			},
		});
	};

	const keep = async (
		{name, toFile}: Question,
		{values, isList}: Exclude<WholeAnswer, MetadataDenied>,
	): Promise<Items> => {
		const before = settings().files[name]?.items ?? 0;
		if (values.length === 0 && before > 0) {
			notice(
				`${fullName(work.copy.repository)} has no ${wordsOfSetting(name)} any more. The ${formatNumber(before)} it had stay in the history of its metadata.`,
			);
		}

		work.draft.put(toFile(isList ? values : values[0]));
		await note(name, {items: values.length});
		return values;
	};

	return {
		read: async (question) => {
			const {kind, name, ask, isNeeded = false} = question;
			const isDue = isSettingDue(settings(), name, {scopes: scopes(), now: clock.now(), isNeeded});
			// That others refused it is not known of this one, so nothing is noted.
			if (!isDue || work.isGivenUp(kind)) {
				return undefined;
			}

			try {
				const answer = await ask();
				if (answer.state === 'read') {
					return await keep(question, answer);
				}

				await deny(name, answer);
			} catch (error) {
				failures.push(failureOfOne(error));
			}

			return undefined;
		},
		finish: async () => {
			const [failure] = failures;
			if (failure !== undefined) {
				throw new FailureError(failure);
			}

			const {asked: _, ...rest} = settings();
			await work.moveTo({settings: {...rest, at: now()}});
		},
	};
};

const failureOfOne = (error: unknown): Failure => {
	if (error instanceof FailureError && isOfOneAnswer(error.failure)) {
		return error.failure;
	}

	throw error;
};
