/** A list, or an object. Undefined is answered with 404. */
export type Document = readonly unknown[] | Readonly<Record<string, unknown>> | undefined;

/** Settings of repositories and workspaces, kept as they are to be sent. */
export const createSettings = () => {
	const all = new Map<string, Document>();
	const keyOf = (owner: {readonly uuid: string}, path: string): string => `${owner.uuid} ${path}`;
	return {
		/** `owner`: a repository or a workspace. `path`: below its address, as `hooks` or `projects/KEY/hooks`. */
		put: (owner: {readonly uuid: string}, path: string, document: Document): void => {
			all.set(keyOf(owner, path), document);
		},
		get: (owner: {readonly uuid: string}, path: string, otherwise: Document): Document => {
			const key = keyOf(owner, path);
			return all.has(key) ? all.get(key) : otherwise;
		},
	};
};
