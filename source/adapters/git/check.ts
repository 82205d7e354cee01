import {FailureError} from '../../domain/failure/failure.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {GitChecks, ObjectCheck} from '../../ports/git.ts';
import {historyMethods} from './history.ts';
import {blameRights, findForeignFiles, listBrokenRefs} from './mirror-files.ts';
import {GitExit, inMirror, onDisk, type RunGit} from './run-git.ts';
import type {StartGit} from './start-git.ts';
import {findBrokenTips} from './walk.ts';

export const checkMethods = (run: RunGit, start: StartGit): GitChecks => {
	const git = inMirror(run);
	const {readLastHistory} = historyMethods(run);
	const findForeign = async (mirror: string): Promise<readonly string[]> => {
		const last = await readLastHistory(mirror).catch(() => undefined);
		return findForeignFiles(mirror, (ref) => last?.refsText.includes(` ${ref}\n`) === true);
	};

	/** git passes over a ref whose file it cannot read. */
	const findBrokenRef = async (mirror: string): Promise<string | undefined> => {
		const foreign = await findForeign(mirror);
		const broken = (await listBrokenRefs(mirror)).find((ref) => !foreign.includes(ref));
		return broken && `its ref ${broken} cannot be read`;
	};

	return {
		requireWhole: async (mirror, signal) => {
			const tips = await git(mirror, ['for-each-ref', '--format=%(objectname)']);
			if (tips !== '') {
				const args = ['rev-list', '--objects', '--quiet', '--stdin'];
				await git(mirror, args, {input: tips, signal});
			}

			const detail = await findBrokenRef(mirror);
			if (detail !== undefined) {
				throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
			}
		},
		checkObjects: (mirror, signal) =>
			onDisk(mirror, async () => {
				const args = ['fsck', '--full', '--no-dangling', '--no-progress'];
				try {
					await run({args, folder: mirror, gitDir: true, signal});
					return {damage: undefined, oddities: []};
				} catch (error) {
					if (!(error instanceof GitExit) || couldNotWork(error)) {
						throw error;
					}

					const foreign = await findForeign(mirror);
					const check = parseCheck(`${error.stdout}\n${error.stderr}`, foreign);
					if (check.damage !== undefined) {
						await requireRights(mirror, check.damage.detail);
					}

					return check;
				}
			}),
		findForeign,
		findBroken: async (mirror, tips, {whole, damaged}, signal) => {
			const input = `${whole.join('\n')}\n`;
			const commits = whole.length === 0 ? '' : await git(mirror, ['rev-list', '--stdin'], {input});
			const known = {whole: new Set(commits.split('\n')), damaged};
			return findBrokenTips(start, mirror, tips, known, signal);
		},
		readTypes: async (mirror, oids) => {
			if (oids.length === 0) {
				return new Map();
			}

			const format = '--batch-check=%(objectname) %(objecttype)';
			const input = `${oids.join('\n')}\n`;
			const text = await git(mirror, ['cat-file', format], {input});
			return new Map(
				text
					.split('\n')
					.map((line) => line.split(' '))
					.filter(([, type]) => type !== undefined && type !== 'missing')
					.map(([oid = '', type = '']): [string, string] => [oid, type]),
			);
		},
	};
};

/** git's exit code when it could not work at all, and also when the commit of a tip is damaged. */
const fatal = 128;
const corruptObject = /^fatal: (?:packed|loose) object [0-9a-f]{40,64} .*is corrupt$/m;

const couldNotWork = ({exitCode, stderr}: GitExit): boolean =>
	exitCode >= fatal && !corruptObject.test(stderr);

/**
 * git-fsck(1), "FSCK MESSAGES": the object is whole but not in the form that git would write today.
 * Old histories are full of these, upstream too.
 */
const formOnly = /^(error|warning) in \w+ [0-9a-f]{40,64}: \w+/;
const remark =
	/^(notice|hint|warning): |^(dangling|unreachable) |\brev(erse)?-index\b|^error: refs\/heads\/.+: not a commit$/;

/** An object's id that is no part of a pack's name. */
const objectId = /(?<![-\w])[0-9a-f]{40}(?:[0-9a-f]{24})?(?![-\w.])/g;

const requireRights = async (path: string, detail: string): Promise<void> => {
	const damaged = new FailureError({kind: 'mirror-unusable', path, detail});
	const error = await blameRights(damaged, path);
	if (error !== damaged) {
		throw error;
	}
};

const parseCheck = (text: string, foreign: readonly string[]): ObjectCheck => {
	const isOfForeign = (line: string): boolean =>
		foreign.some((path) => line.includes(` ${path}: `) || line.endsWith(`./${path}`));
	const lines = [...new Set(text.split('\n').map((line) => line.trim()))].filter(
		(line) => line !== '' && !remark.test(line) && !isOfForeign(line),
	);
	const damage = lines.filter((line) => !formOnly.test(line));
	return {
		damage:
			damage.length === 0
				? undefined
				: {
						detail: toExcerpt(damage.slice(0, 2).join('; ')),
						oids: new Set(damage.flatMap((line) => line.match(objectId) ?? [])),
					},
		oddities: lines.filter((line) => formOnly.test(line)).map(toExcerpt),
	};
};
