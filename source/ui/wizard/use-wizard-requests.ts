import {useEffect, useRef} from 'react';
import {answersFrom, rememberable, sourceAnswersFrom} from './collect-answers.ts';
import type {WizardPorts} from './wizard-ports.ts';
import type {WizardAction, WizardState} from './wizard-state.ts';

type Dispatch = (action: WizardAction) => void;

/** Starts work for each new request, and gives it up when the request no longer counts. */
const useRequest = (
	request: number | undefined,
	dispatch: Dispatch,
	work: (request: number, signal: AbortSignal) => Promise<void>,
): void => {
	const latest = useRef(work);
	latest.current = work;
	useEffect(() => {
		if (request === undefined) {
			return;
		}

		const controller = new AbortController();
		latest.current(request, controller.signal).catch((error: unknown) => {
			if (!controller.signal.aborted) {
				const message = error instanceof Error ? error.message : String(error);
				dispatch({type: 'request-failed', request, message});
			}
		});
		return () => controller.abort();
	}, [request, dispatch]);
};

type Asking = {
	readonly state: WizardState;
	readonly dispatch: Dispatch;
	readonly ports: WizardPorts;
};

/** What Bitbucket is asked. */
const useBitbucketRequests = ({state, dispatch, ports}: Asking): void => {
	const {values, lookup, check} = state;
	useRequest(lookup?.request, dispatch, async (request, signal) => {
		const asked = {workspace: lookup?.workspace ?? '', replaces: values.start?.replaces};
		const result = await ports.lookUpWorkspace(asked, signal);
		dispatch({type: 'workspace-looked-up', request, result});
	});

	const running = check.state === 'running' ? check.request : undefined;
	useRequest(running, dispatch, async (request, signal) => {
		const answers = sourceAnswersFrom(values);
		if (answers !== undefined) {
			const report = await ports.check(answers, {
				signal,
				onLine: (line) => dispatch({type: 'check-reported', request, line}),
			});
			dispatch({type: 'check-finished', request, report});
		}
	});
};

/** What this computer is asked. */
const useLocalRequests = ({state, dispatch, ports}: Asking): void => {
	const {values, inspection, preview, saving} = state;
	useRequest(inspection?.request, dispatch, async (request) => {
		const report = await ports.inspectFolder(inspection?.path ?? '');
		dispatch({type: 'folder-inspected', request, report});
	});

	useRequest(preview?.request, dispatch, async (request) => {
		const answers = answersFrom(values);
		if (answers !== undefined) {
			dispatch({type: 'preview-made', request, text: await ports.previewSettings(answers)});
		}
	});

	useRequest(saving?.request, dispatch, async (request) => {
		if (saving !== undefined) {
			dispatch({type: 'saved', request, file: await ports.save(saving.answers)});
		}
	});
};

/** Everything the wizard asks the world, told by its state. */
export const useWizardRequests = (asking: Asking): void => {
	const {state, dispatch, ports} = asking;
	useBitbucketRequests(asking);
	useLocalRequests(asking);
	useEffect(() => {
		ports.findKeychains().then(
			(keychains) => dispatch({type: 'keychains-found', keychains}),
			// Then the token goes elsewhere.
			() => {},
		);
	}, [dispatch, ports]);

	useEffect(() => ports.remember(rememberable(state.values)), [ports, state.values]);
};
