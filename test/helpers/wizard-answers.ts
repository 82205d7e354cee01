import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {ann, readScopes} from './backup.ts';
import {commitFile} from './upstream.ts';
import {keys, type WizardScreen} from './wizard-screen.ts';

export const wizardToken = `ATATT3xFfGF0${'canary'.repeat(29)}X=9f3c`;

/** A sandbox with a workspace that the wizard's answers fit. */
export const startAcme = async (): Promise<Sandbox> => {
	const sandbox = await startSandbox();
	sandbox.addWorkspace({slug: 'acme', name: 'Acme'});
	await commitFile(sandbox.addRepository({workspace: 'acme', slug: 'api'}).path, {content: 'x'});
	const account = sandbox.addAccount({...ann, workspaces: ['acme', 'second']});
	sandbox.addApiToken({account, token: wizardToken, scopes: readScopes});
	return sandbox;
};

type Given = {
	readonly workspace?: string;
	readonly authName?: string;
};

/** Answers the five questions before the live check. */
export const answerFive = async (screen: WizardScreen, given: Given = {}): Promise<void> => {
	await screen.answer('Which workspace?', `${given.workspace ?? 'acme'}${keys.enter}`);
	await screen.answer('Whose workspace is it?', keys.enter);
	await screen.answer('Your Bitbucket user name', `${given.authName ?? 'ann'}${keys.enter}`);
	await screen.answer('E-mail address of', `${ann.email}${keys.enter}`);
	await screen.waitFor('? API token');
	screen.paste(wizardToken);
	await screen.answer(/ends in \S{4}/, keys.enter);
};

/** The words by which the later questions are known. */
export const asked = {
	folder: 'Where should the backup be saved?',
	place: 'Where should the token be kept?',
	target: 'Who should be told',
	night: 'Back up every night?',
	copy: 'Keep a second copy',
	review: 'These settings will be written',
} as const;
