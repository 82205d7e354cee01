import {mkdir} from 'node:fs/promises';
import type {RememberedAnswers} from '../domain/answers/wizard-answers.ts';
import type {AnswerMemory} from '../ports/world.ts';

const keys = ['workspace', 'type', 'authName', 'apiAuthName', 'folder'] as const;

/** The `AnswerMemory` port over conf, in `folder`: `answers.json`, mode 0600. */
export const openMemory = (folder: string): AnswerMemory => {
	const open = async () => {
		await mkdir(folder, {recursive: true, mode: 0o700});
		// Loaded lazily: only the wizard needs it.
		const {default: Conf} = await import('conf');
		return new Conf<Record<string, unknown>>({
			cwd: folder,
			configName: 'answers',
			configFileMode: 0o600,
			clearInvalidConfig: true,
		});
	};

	return {
		read: async () => toAnswers((await open()).store),
		write: async (answers) => (await open()).set(toAnswers(answers)),
	};
};

/** Only these keys are kept: a token must never be stored here. */
const toAnswers = (stored: Readonly<Record<string, unknown>>): RememberedAnswers =>
	Object.fromEntries(
		keys.flatMap((key) => {
			const value = stored[key];
			return typeof value === 'string' && (key !== 'type' || value === 'user' || value === 'org')
				? [[key, value]]
				: [];
		}),
	);
