import type {Server} from '../server/start-server.ts';

/** What every case works with. */
export type Bench = {
	/** Temporary, removed at the end. */
	readonly folder: string;
	readonly server: Server;
	/** Smaller and fewer, to try the benchmark itself: the figures mean little. */
	readonly isQuick: boolean;
};
