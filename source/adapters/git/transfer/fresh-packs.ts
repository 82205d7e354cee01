/** A pack that came in this run, and was found whole. It holds all that `wants` reach and `haves` do not. */
type FreshPack = {
	/** Without the ending. */
	readonly path: string;
	readonly wants: ReadonlySet<string>;
	readonly haves: readonly string[];
};

export type FreshPacks = {
	add(mirror: string, pack: FreshPack): void;
	/** The pack that holds everything that `tips` reach and `known` do not. */
	find(
		mirror: string,
		search: {readonly tips: readonly string[]; readonly known: readonly string[]},
	): string | undefined;
};

/** More than there are transfers at once: what came into a mirror is looked through right after. */
const mostRemembered = 64;

/** Remembers the pack that came last into each mirror: new objects are read from it without a walk. */
export const rememberFreshPacks = (): FreshPacks => {
	const packs = new Map<string, FreshPack>();
	return {
		add: (mirror, pack) => {
			packs.delete(mirror);
			packs.set(mirror, pack);
			for (const first of [...packs.keys()].slice(0, -mostRemembered)) {
				packs.delete(first);
			}
		},
		find: (mirror, {tips, known}) => {
			const pack = packs.get(mirror);
			const isKnown = new Set(known);
			return pack !== undefined &&
				tips.every((tip) => pack.wants.has(tip)) &&
				pack.haves.every((have) => isKnown.has(have))
				? pack.path
				: undefined;
		},
	};
};
