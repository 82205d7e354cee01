import {listsByOwner, type SandboxAccount, type SandboxWorkspace} from '../model.ts';
import type {SandboxSnippet} from './model.ts';

type Content = string | Buffer;

/** Texts and small files that people keep in a workspace, each with a history of its own. */
export const createSnippets = (now: () => number) => {
	const listOf = listsByOwner<SandboxSnippet>();
	const time = (): string => new Date(now()).toISOString().replace('Z', '000+00:00');

	return {
		list: (workspace: SandboxWorkspace): readonly SandboxSnippet[] => listOf(workspace),
		add: (
			workspace: SandboxWorkspace,
			options: {
				readonly id: string;
				readonly title?: string;
				readonly by: SandboxAccount;
				readonly files: Readonly<Record<string, Content>>;
			},
		): SandboxSnippet => {
			const {id, title = id, by, files} = options;
			const at = time();
			const snippet = {id, title, owner: by, createdOn: at, updatedOn: at, files: toFiles(files)};
			listOf(workspace).push(snippet);
			return snippet;
		},
		edit: (snippet: SandboxSnippet, files: Readonly<Record<string, Content>>): void => {
			snippet.files = toFiles(files);
			snippet.updatedOn = time();
		},
		remove: (workspace: SandboxWorkspace, snippet: SandboxSnippet): void => {
			listOf(workspace).splice(listOf(workspace).indexOf(snippet), 1);
		},
	};
};

const toFiles = (files: Readonly<Record<string, Content>>): ReadonlyMap<string, Buffer> =>
	new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
