import type {StoreSettings} from '../../source/domain/settings/settings.ts';
import type {Run} from '../../source/engine/session.ts';
import {keepInStore} from '../../source/engine/stateless/keeper.ts';
import {statelessParts} from '../../source/parts/registry.ts';

/** Makes a run one without a folder, for `runBackup`. */
export const keptIn = (store: StoreSettings, identities: readonly string[] = []): Partial<Run> => ({
	parts: statelessParts,
	stateless: {
		store: store.title,
		openKeeper: (session) => keepInStore(session, store, identities),
	},
});
