import type {StoreSettings} from '../../source/domain/settings/settings.ts';
import type {Shard} from '../../source/domain/store/shard.ts';
import {metadata} from '../../source/engine/metadata/metadata.ts';
import type {Run} from '../../source/engine/session.ts';
import {keepInStore} from '../../source/engine/stateless/keeper.ts';

/** Makes a run one without a folder, for `runBackup`. */
export const keptIn = (
	store: StoreSettings,
	identities: readonly string[] = [],
	shard?: Shard,
): Partial<Run> => ({
	followUps: [metadata],
	stateless: {
		store: store.title,
		openKeeper: (session) => keepInStore(session, store, identities),
		shard,
		listings: new Map(),
	},
});
