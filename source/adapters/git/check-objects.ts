import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {Git, ObjectCheck, ObjectDamage} from '../../ports/git.ts';
import {inMirror} from './mirror.ts';
import type {RunGit} from './open-git.ts';
import {asMirrorFailure, GitExit} from './run-git.ts';

type CheckMethods = Pick<Git, 'checkObjects' | 'findBroken' | 'readTypes' | 'isCheckedOut'>;

/** What git ends with where it could not do its work at all, or met a commit of a tip that is damaged. */
const fatal = 128;
const corruptObject = /^fatal: (?:packed|loose) object [0-9a-f]{40,64} .*is corrupt$/m;

const couldNotWork = ({exitCode, stderr}: GitExit): boolean =>
	exitCode >= fatal && !corruptObject.test(stderr);

export const checkMethods = (run: RunGit): CheckMethods => ({
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
			if (await isBroken(run, mirror, {tip, whole: leaveOut(whole)}, damage, signal)) {
				broken.add(tip);
			} else {
				whole.push(tip);
			}
		}

		return broken;
	},
	isCheckedOut: async (folder) => {
		try {
			return (await run({args: ['status', '--porcelain'], folder})) === '';
		} catch (error) {
			throw asMirrorFailure(error, folder);
		}
	},
	readTypes: async (mirror, oids) => {
		if (oids.length === 0) {
			return new Map();
		}

		const format = '--batch-check=%(objectname) %(objecttype)';
		const input = `${oids.join('\n')}\n`;
		const text = await inMirror(run)(mirror, ['cat-file', format], {input});
		return new Map(
			text
				.split('\n')
				.map((line) => line.split(' '))
				.filter(([, type]) => type !== undefined && type !== 'missing')
				.map(([oid = '', type = '']): [string, string] => [oid, type]),
		);
	},
});

/**
 * git-fsck(1), "FSCK MESSAGES": an object that is whole, but not in the form that git would give
 * it today, as upstream has it too. Old histories are full of them.
 */
const formOnly = /^(error|warning) in \w+ [0-9a-f]{40,64}: \w+/;
const remark = /^(notice|hint|warning): |^(dangling|unreachable) /;

/** An object's id, and no part of a pack's name. */
const objectId = /(?<![-\w])[0-9a-f]{40}(?:[0-9a-f]{24})?(?![-\w.])/g;

const parseCheck = (text: string): ObjectCheck => {
	const lines = [...new Set(text.split('\n').map((line) => line.trim()))].filter(
		(line) => line !== '' && !remark.test(line),
	);
	return {
		damage: describeDamage(lines.filter((line) => !formOnly.test(line))),
		oddities: lines.filter((line) => formOnly.test(line)).map(toExcerpt),
	};
};

const describeDamage = (lines: readonly string[]): ObjectDamage | undefined =>
	lines.length === 0
		? undefined
		: {
				detail: toExcerpt(lines.slice(0, 2).join('; ')),
				oids: new Set(lines.flatMap((line) => line.match(objectId) ?? [])),
			};

/** The tip's own walk is as short as the tips that were found whole before allow. */
const isBroken = async (
	run: RunGit,
	mirror: string,
	{tip, whole}: {readonly tip: string; readonly whole: readonly string[]},
	{oids}: ObjectDamage,
	signal: AbortSignal,
): Promise<boolean> => {
	const input = [tip, ...whole.map((oid) => `^${oid}`), ''].join('\n');
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

/** So many of them are told to git: all of them, for each of thousands of tips, would cost more. */
const mostLeftOut = 50;

const leaveOut = (whole: readonly string[]): readonly string[] => [
	...whole.slice(0, 1),
	...whole.slice(1).slice(-mostLeftOut),
];
