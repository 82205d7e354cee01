import {createCipheriv} from 'node:crypto';
import type {Step} from './import-history.ts';

/** Bytes that look random to a compressor and are the same on every day. */
export const noise = (name: string, size: number): Buffer => {
	const key = Buffer.alloc(16);
	key.write(name);
	return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
};

const topics = ['parser', 'queue', 'report', 'sign-in', 'search', 'export', 'settings', 'cache'];

const topicOf = (index: number): string => topics[index % topics.length] ?? 'code';

const source = (topic: string, version: number): string =>
	Array.from(
		{length: 12 + version},
		(_, line) => `${topic} step ${line + 1}: ${topic.length * (line + version)}`,
	).join('\n');

/** `count` commits on a branch, which begins with them. */
export const growBranch = (branch: string, count: number): readonly Step[] =>
	Array.from({length: count}, (_, index): Step => {
		const topic = topicOf(index);
		return index === 0
			? {kind: 'commit', branch, message: 'Begin', files: {'README.md': `Grown on ${branch}.\n`}}
			: {
					kind: 'commit',
					branch,
					message: `Improve the ${topic}`,
					files: {[`source/${topic}.txt`]: source(topic, index)},
				};
	});

/** One commit more on a branch that the steps before made. */
export const addTo = (branch: string, message: string): Step => ({
	kind: 'commit',
	branch,
	message,
	files: {[`notes/${message.replaceAll(' ', '-').toLowerCase()}.md`]: `${message}.\n`},
});

/** One commit on a branch, on top of `from`: another branch, or a place that the repository knows. */
export const branchOff = (branch: string, from: string, message: string): Step => ({
	kind: 'commit',
	branch,
	message,
	files: {[`notes/${branch.replaceAll('/', '-')}.md`]: `${message}.\n`},
	from: branch === from ? `refs/heads/${from}^0` : `refs/heads/${from}`,
});

export const release = (name: string, branch: string): Step => ({
	kind: 'tag',
	name,
	message: `Release ${name}`,
	target: `refs/heads/${branch}`,
});

/** `count` commits of half a megabyte each, so that a transfer takes long enough to be watched. */
export const growLarge = (branch: string, count: number): readonly Step[] =>
	Array.from({length: count}, (_, index): Step => {
		const name = `readings/${2014 + index}.bin`;
		return {
			kind: 'commit',
			branch,
			message: `Add ${name}`,
			files: {[name]: noise(name, 512 * 1024)},
		};
	});
