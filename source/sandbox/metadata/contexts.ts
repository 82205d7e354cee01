import {randomUUID} from 'node:crypto';

/** Places in lists that the server remembers for the user who asked, behind `ctx` in an address. */
export const createContexts = () => {
	const all = new Map<string, {readonly user: string; readonly start: number}>();
	return {
		make: (start: number, user: string): string => {
			const name = randomUUID();
			all.set(name, {user, start});
			return name;
		},
		open: (name: string, user: string): number | undefined => {
			const context = all.get(name);
			return context?.user === user ? context.start : undefined;
		},
		/** From now on the server remembers none of them. */
		expire: (): void => all.clear(),
	};
};
