import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {GitChecks, ObjectCheck, ObjectDamage} from '../../ports/git.ts';
import {asMirrorFailure, GitExit, inMirror, type RunGit} from './run-git.ts';

export const checkMethods = (run: RunGit): GitChecks => {
	const git = inMirror(run);
	return {
		requireWhole: async (mirror, signal) => {
			// A commit-graph would answer for commits that no longer exist.
			const noGraph = ['-c', 'core.commitGraph=false'];
			await git(mirror, [...noGraph, 'rev-list', '--objects', '--all', '--quiet'], {signal});
		},
		checkObjects: async (mirror, signal) => {
			const args = ['fsck', '--full', '--no-dangling', '--no-progress'];
			try {
				await run({args, folder: mirror, gitDir: true, signal});
				return {damage: undefined, oddities: []};
			} catch (error) {
				if (!(error instanceof GitExit) || couldNotWork(error)) {
					throw asMirrorFailure(error, mirror);
				}

				return parseCheck(`${error.stdout}\n${error.stderr}`);
			}
		},
		findBroken: async (mirror, tips, damage, signal) => {
			const broken = new Set<string>();
			const whole: string[] = [];
			for (const tip of new Set(tips)) {
				// Walking only what no whole tip reaches keeps each walk short. Naming thousands of whole
				// tips for each of thousands of tips would cost more.
				const without = [...whole.slice(0, 1), ...whole.slice(1).slice(-50)];
				if (await isBroken(run, mirror, {tip, without}, damage, signal)) {
					broken.add(tip);
				} else {
					whole.push(tip);
				}
			}

			return broken;
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
	/^(notice|hint|warning): |^(dangling|unreachable) |^error: refs\/heads\/.+: not a commit$/;

/** An object's id that is no part of a pack's name. */
const objectId = /(?<![-\w])[0-9a-f]{40}(?:[0-9a-f]{24})?(?![-\w.])/g;

const parseCheck = (text: string): ObjectCheck => {
	const lines = [...new Set(text.split('\n').map((line) => line.trim()))].filter(
		(line) => line !== '' && !remark.test(line),
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

const isBroken = async (
	run: RunGit,
	mirror: string,
	{tip, without}: {readonly tip: string; readonly without: readonly string[]},
	{oids}: ObjectDamage,
	signal: AbortSignal,
): Promise<boolean> => {
	const input = [tip, ...without.map((oid) => `^${oid}`), ''].join('\n');
	const args = ['rev-list', '--objects', '--no-object-names', '--stdin'];
	try {
		const reached = await run({args, folder: mirror, gitDir: true, input, signal});
		return reached.split('\n').some((oid) => oids.has(oid));
	} catch (error) {
		if (error instanceof GitExit) {
			return true;
		}

		throw error;
	}
};
