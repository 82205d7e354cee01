import {runGit} from './bare-repository.ts';

export type Step =
	/** A commit on top of `from`, else of the branch as this import left it, else a first commit. */
	| {
			readonly kind: 'commit';
			readonly branch: string;
			readonly message: string;
			/** Path to content. */
			readonly files: Readonly<Record<string, string | Buffer>>;
			/**
			 * A branch as this import left it (`refs/heads/main`), or something from before the import:
			 * an id, `refs/heads/main~3`, or `refs/heads/main^0` for the branch's own tip.
			 */
			readonly from?: string;
			/** Seconds since 1970. */
			readonly at?: number;
	  }
	/** An annotated tag. */
	| {
			readonly kind: 'tag';
			readonly name: string;
			readonly message: string;
			readonly target: string;
			readonly at?: number;
	  }
	/** Moves a ref anywhere, forwards or not. */
	| {readonly kind: 'move'; readonly ref: string; readonly target: string};

/** 2026-01-05: fixed, so that the same steps always give the same object ids. */
const firstMoment = 1_767_600_000;

const person = 'Ann Example <ann@example.com>';

/** fast-import's `data` command with its exact length in bytes. */
const data = (content: string | Buffer): Buffer => {
	const bytes = Buffer.from(content);
	return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
};

const commandFor = (step: Step, index: number): Buffer => {
	const at = (step.kind === 'move' ? undefined : step.at) ?? firstMoment + index;
	const mark = `mark :${index + 1}`;
	switch (step.kind) {
		case 'commit':
			return Buffer.concat([
				Buffer.from(`commit refs/heads/${step.branch}\n${mark}\ncommitter ${person} ${at} +0000\n`),
				data(step.message),
				Buffer.from(step.from === undefined ? '' : `from ${step.from}\n`),
				...Object.entries(step.files).flatMap(([path, content]) => [
					Buffer.from(`M 100644 inline ${path}\n`),
					data(content),
				]),
			]);
		case 'tag':
			return Buffer.concat([
				Buffer.from(
					`tag ${step.name}\n${mark}\nfrom ${step.target}\ntagger ${person} ${at} +0000\n`,
				),
				data(step.message),
			]);
		case 'move':
			return Buffer.from(`reset ${step.ref}\nfrom ${step.target}\n\n`);
	}
};

/** Asks for the id of the object that a step made. */
const questionFor = (step: Step, index: number): string =>
	step.kind === 'move' ? '' : `get-mark :${index + 1}\n`;

/** Keeps small packs too: unpacking them would take a second process. */
const keepPack = ['-c', 'fastimport.unpackLimit=1'];

/**
 * Writes commits, tags and moved refs into a bare repository with one git process. Gives the ids of
 * the commits and tag objects, in order.
 */
export const importHistory = async (
	path: string,
	steps: readonly Step[],
): Promise<readonly string[]> => {
	const questions = steps.map(questionFor).join('');
	const stream = Buffer.concat([...steps.map(commandFor), Buffer.from(`${questions}done\n`)]);
	const answer = await runGit(
		path,
		[...keepPack, 'fast-import', '--quiet', '--force', '--done'],
		stream,
	);
	return answer.split('\n').slice(0, -1);
};
