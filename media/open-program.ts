import {resolve} from 'node:path';
import type {DemoWorkspace} from '../source/sandbox/demo-workspace.ts';
import type {Sandbox} from '../source/sandbox/start-sandbox.ts';
import {openTerminalScreen, type TerminalScreen} from '../test/helpers/terminal-screen.ts';

const program = resolve('dist/cli.js');

/** The built program in a terminal of 80 by 24, in a home with nothing in it. */
export const openProgram = (
	home: string,
	words: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): TerminalScreen =>
	openTerminalScreen({
		words: [process.execPath, program, ...words],
		folder: home,
		environment: {HOME: home, LANG: 'C.UTF-8', ...environment},
	});

/** The variables that name the sandbox's demo workspace as the source, without a settings file. */
export const describeSource = (
	sandbox: Sandbox,
	demo: DemoWorkspace,
	folder: string,
): Readonly<Record<string, string>> => ({
	CISTERN_WORKSPACE: demo.workspace,
	CISTERN_TYPE: 'org',
	CISTERN_AUTH_NAME: demo.userName,
	CISTERN_API_AUTH_NAME: demo.email,
	CISTERN_API_URL: sandbox.apiUrl,
	CISTERN_FOLDER: folder,
	CISTERN_TOKEN: demo.token,
});
