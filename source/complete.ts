import {findShell} from './completion/shells.ts';
import {makeSuggest} from './completion/suggest.ts';

/**
 * Answers the script of a shell. A user who pressed Tab waits for it, so what reads names is loaded
 * only where names can stand. It is silent about every error, because it writes between a user's
 * prompt and cursor.
 */
export const complete = async (
	program: NodeJS.Process,
	shell: string,
	handed: readonly string[],
): Promise<void> => {
	const suggest = makeSuggest(async (...asked) => {
		try {
			const {openNamesHere} = await import('./complete-names.ts');
			const readNames = await openNamesHere(program);
			return await readNames(...asked);
		} catch {
			return [];
		}
	});
	program.stdout.write((await findShell(shell)?.answer(handed, suggest)) ?? '');
};
