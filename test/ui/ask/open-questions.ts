import type {
	AccessLine,
	AccessReport,
	WorkspaceLookup,
} from '../../../source/domain/access/access.ts';
import type {StoreAnswer} from '../../../source/domain/answers/store-answer.ts';
import type {FolderReport, WizardResult} from '../../../source/domain/answers/wizard-answers.ts';
import type {KeyPair} from '../../../source/ports/store.ts';
import {type Asking, chosenIndex, rowsOf, startAsking} from '../../../source/ui/ask/asking.ts';
import {
	rememberable,
	type SetupForm,
	type SetupPorts,
	type SetupSituation,
} from '../../../source/ui/ask/setup/form.ts';
import {setupQuestions, startForm} from '../../../source/ui/ask/setup/setup-questions.tsx';

export const someToken = `ATATT3xFfGF0${'x'.repeat(176)}9f3c`;

const situation: SetupSituation = {
	loginName: undefined,
	suggestions: {},
	carried: undefined,
	workspaces: [],
	folder: undefined,
	sources: [],
	scmBackupFile: undefined,
	keychains: [],
	isTold: true,
	isStored: true,
	scheduler: undefined,
	tokenVariable: 'BITBUCKET_TOKEN',
	shellProfile: '~/.profile',
};

export const folder: FolderReport = {
	path: '/srv/backup',
	isNew: true,
	freeSpace: 1e11,
	holds: 'nothing',
	repositories: 0,
};

export const makeReport = (changes: Partial<AccessReport> = {}): AccessReport => ({
	lines: [],
	verdict: 'good',
	suspects: [],
	userName: 'ann',
	tokenNameWorks: false,
	workspaces: [],
	offered: {settings: {}, remarks: []},
	...changes,
});

export const line: AccessLine = {
	id: 'api',
	label: 'Sign-in to the API',
	state: 'running',
	text: '',
	consequence: undefined,
};

/** Lets everything happen that waits for nothing else. */
const settle = (): Promise<void> => new Promise(setImmediate);

/** Types text; a name in angle brackets is a key: `ann<enter>`. The field has painted all before. */
export const press = <Form, Result>(asking: Asking<Form, Result>, typed: string): void => {
	for (const part of typed.split(/(<[a-z]+>)/).filter((each) => each !== '')) {
		const {visit, text} = asking.read();
		switch (part) {
			case '<enter>':
				asking.enter();
				break;
			case '<back>':
				asking.back();
				break;
			case '<leave>':
				asking.leave();
				break;
			case '<up>':
				asking.move(-1);
				break;
			case '<down>':
				asking.move(1);
				break;
			case '<clear>':
				asking.change({visit, text}, '', true);
				break;
			default:
				asking.change({visit, text}, text + part, true);
		}
	}
};

/** A call that is not answered yet. */
export type Call<Given, Result> = {
	readonly given: Given;
	readonly signal: AbortSignal | undefined;
	readonly onLine: ((line: AccessLine) => void) | undefined;
	/** Answers it, and waits until that has shown. */
	answer(result: Result): Promise<void>;
	fail(message: string): Promise<void>;
};

const callsOf = <Given, Result>() => {
	const calls: Call<Given, Result>[] = [];
	const call = (
		given: Given,
		signal?: AbortSignal,
		onLine?: (line: AccessLine) => void,
	): Promise<Result> =>
		new Promise((resolve, reject) => {
			calls.push({
				given,
				signal,
				onLine,
				answer: (result) => {
					resolve(result);
					return settle();
				},
				fail: (message) => {
					reject(new Error(message));
					return settle();
				},
			});
		});
	const last = (): Call<Given, Result> => {
		const found = calls.at(-1);
		if (found === undefined) {
			throw new Error('There was no call.');
		}

		return found;
	};
	return {call, last, count: () => calls.length};
};

/** The wizard without a screen; its ports are answered by the test. */
export const openWizard = (changes: Partial<SetupSituation> = {}) => {
	const lookups = callsOf<string, WorkspaceLookup>();
	const checks = callsOf<Parameters<SetupPorts['check']>[0], AccessReport>();
	const folders = callsOf<string, FolderReport>();
	const tests = callsOf<Parameters<SetupPorts['sendTest']>[0], string | undefined>();
	const pairs = callsOf<undefined, KeyPair>();
	const trials = callsOf<StoreAnswer, boolean>();
	const saves = callsOf<Parameters<SetupPorts['save']>[0], string>();
	const ports: SetupPorts = {
		lookUpWorkspace: ({workspace}, signal) => lookups.call(workspace, signal),
		check: (answers, {signal, onLine}) => checks.call(answers, signal, onLine),
		inspectFolder: (path) => folders.call(path),
		sendTest: (target, signal) => tests.call(target, signal),
		makeKeyPair: () => pairs.call(undefined),
		tryStore: (store, {signal, onLine}) => trials.call(store, signal, onLine),
		previewSettings: async () => 'the settings',
		save: (answers) => saves.call(answers),
		remember: () => {},
	};
	const remembered: unknown[] = [];
	const asking = startAsking<SetupForm, WizardResult>({
		questions: setupQuestions,
		form: startForm(ports, {...situation, ...changes}),
		onAnswer: ({values}) => remembered.push(rememberable(values)),
	});
	const wizard = {
		asking,
		lookups,
		checks,
		folders,
		tests,
		pairs,
		trials,
		saves,
		remembered,
		play: (...typed: readonly string[]) => {
			for (const each of typed) {
				press(asking, each);
			}

			return wizard;
		},
		at: () => asking.read().question.id,
		text: () => asking.read().text,
		problem: () => asking.read().problem,
		result: () => asking.read().result,
		form: () => asking.read().form,
		values: () => asking.read().form.values,
		options: () => rowsOf(asking.read()).options.map(({id}) => id),
		/** Id of the highlighted option. */
		chosen: () => {
			const state = asking.read();
			return rowsOf(state).options[chosenIndex(state)]?.id;
		},
		finishCheck: async (report: Partial<AccessReport> = {}) => {
			await checks.last().answer(makeReport(report));
			return wizard;
		},
	};
	return wizard;
};

export type Wizard = ReturnType<typeof openWizard>;

export const toToken = (wizard = openWizard()): Wizard =>
	wizard.play('acme<enter>', '<enter>', 'ann<enter>', 'ann@example.com<enter>');

/** Up to the live check, which is running. */
export const toCheck = (wizard = openWizard()): Wizard =>
	toToken(wizard).play(`${someToken}<enter>`);

export const toFolder = (wizard = openWizard()): Promise<Wizard> => toCheck(wizard).finishCheck();

export const toPlace = async (wizard = openWizard()): Promise<Wizard> => {
	(await toFolder(wizard)).play('<clear>/srv/backup<enter>');
	await wizard.folders.last().answer(folder);
	return wizard;
};

export const toReview = async (wizard = openWizard()): Promise<Wizard> =>
	(await toPlace(wizard)).play('<enter>');
