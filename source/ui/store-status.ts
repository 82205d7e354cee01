import {slugOf} from '../domain/plan/repository.ts';
import type {ShardStatus} from '../domain/store/shard-status.ts';
import {listUnsent, type StoredRepository, type StoreStatus} from '../domain/store/store-status.ts';
import {formatAll, formatCount, formatNames, formatSize} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {describeUnread} from './store.ts';
import {
	endLines,
	layOut,
	layOutBeside,
	layOutMarked,
	layOutTitle,
	type MomentStyle,
	showAge,
} from './text/layout.ts';
import {drawSign} from './text/style.ts';
import {measureWidth, padToWidth} from './text/width.ts';

/** For `cistern status`: how far a source is in one of its stores. */
export const describeStore = (status: StoreStatus, options: MomentStyle): readonly string[] => [
	...describeFailed(status, options),
	...describeSent(status, options),
];

const describeFailed = ({store, failed}: StoreStatus, options: MomentStyle): readonly string[] => {
	if (failed === undefined) {
		return [];
	}

	const text = `Nothing could be sent to ${store}, ${showAge(failed.at, options)}: ${toPrintable(failed.reason)}. "cistern send" tries it again.`;
	return layOutMarked('failed', text, options);
};

const describeSent = (status: StoreStatus, options: MomentStyle): readonly string[] => {
	const {store, repositories} = status;
	const unsent = listUnsent(status);
	const here = repositories.filter(({state}) => state !== 'only-there').length;
	if (unsent.length > 0) {
		const count = formatCount(unsent.length, 'repository is', 'repositories are');
		const names = formatNames(unsent.map(toPrintable), unsent.length);
		const text = `Off site, ${store}: ${count} not there as saved here: ${names}. "cistern send" sends what is missing.`;
		return layOutMarked('attention', text, options);
	}

	const text = `off site, ${store}: ${formatAll(here, 'repository is', 'repositories are')} there; ${describeLastSent(status, options)}`;
	return here === 0 ? [] : layOut(2, text, options);
};

const describeLastSent = ({sentAt}: Pick<StoreStatus, 'sentAt'>, options: MomentStyle): string =>
	sentAt === undefined ? 'nothing was sent yet' : `last sent ${showAge(sentAt, options)}`;

/** `cistern status --store`: a row for each repository, the least safe first. */
export const formatStoreStatus = (
	status: StoreStatus & {readonly source: string},
	options: MomentStyle,
): string => {
	const {source, store, repositories, workspace} = status;
	const rows = [
		...repositories.map((one) => ({...one, name: toPrintable(slugOf(one.repository))})),
		...(workspace === undefined ? [] : [{...workspace, name: 'the workspace'}]),
	];
	const {inside} = status;
	const complete = inside === undefined ? [] : [inside.complete ? 'complete' : 'not complete'];
	const facts = [`in the store ${store}`, describeLastSent(status, options), ...complete];
	const names = Math.max(0, ...rows.map(({name}) => measureWidth(name)));
	const lines = [
		...layOutTitle(toPrintable(source), facts, options),
		'',
		...rows.flatMap((row) => layOutRow(row, names, options)),
		...(rows.length === 0 ? layOut(2, 'Nothing is saved yet.', options) : ['']),
		...(inside?.shards ?? []).flatMap((shard) => describeShard(shard, options)),
		...describeUnread(inside?.unread ?? []).flatMap((text) => layOut(2, text, options)),
		...layOut(2, adviseOn(status), options),
		'',
	];
	return endLines(lines.map((line) => line.trimEnd()));
};

/** Only the shards that need attention. */
const describeShard = (
	{shard, at, complete, isBehind}: ShardStatus,
	options: MomentStyle,
): readonly string[] => {
	if (!isBehind && complete) {
		return [];
	}

	const last = at === undefined ? 'has never run' : `last ran ${showAge(at, options)}`;
	const rest = at !== undefined && !complete ? ', and not everything was saved' : '';
	const text = `Shard ${shard} ${last}${rest}. Run it again: cistern --yes --stateless --shard ${shard}, with --store.`;
	return layOutMarked('attention', text, options);
};

/** The memory may be wrong about a store from which something was removed. */
const adviseOn = (status: StoreStatus): string => {
	const look = `"cistern verify --store ${status.store}`;
	const key = status.isSealed === false ? '' : ' --identity FILE';
	if (status.inside !== undefined) {
		return `This is as the store itself tells it. ${look}${key}" looks whether each object is there.`;
	}

	const send = listUnsent(status).length === 0 ? '' : ' "cistern send" sends what is missing.';
	const verify = `${look}${key}" looks into the store itself${key === '' ? '' : ', with the secret key'}.`;
	return `This is as the backup folder remembers it.${send} ${verify}`;
};

const layOutRow = (
	{name, ...one}: StoredRepository & {readonly name: string},
	names: number,
	options: MomentStyle,
): readonly string[] => {
	const isSafe = one.behind === undefined && (one.state === 'there' || one.state === 'only-there');
	const label = [
		{text: '  '},
		isSafe ? {text: ' '} : drawSign('attention', options),
		{text: ' '},
		{text: padToWidth(name, names), style: 'bold' as const},
	];
	return layOutBeside(label, names + 6, describeState(one, options), options);
};

const describeState = (
	{state, sentAt, bytes, goneSince, behind}: StoredRepository,
	options: MomentStyle,
): string => {
	const sent = sentAt === undefined ? '' : `sent ${showAge(sentAt, options)}`;
	const gone = goneSince === undefined ? [] : ['gone upstream'];
	const late = behind === undefined ? [] : [`shard ${behind.shard} is behind`];
	const figures = [sent, formatSize(bytes), ...gone, ...late].join(', ');
	switch (state) {
		case 'missing':
			return 'not there yet';
		case 'older':
			return `changed since it was ${figures}`;
		case 'there':
			return figures;
		case 'only-there':
			return `${figures}; no longer in the backup folder`;
	}
};

/** The field of `cistern status --json`: counts, and the names of those that are not there. */
export const toJsonStore = (status: StoreStatus) => ({
	store: status.store,
	sentAt: status.sentAt,
	there: status.repositories.filter(({state}) => state === 'there').length,
	unsent: listUnsent(status),
	failed: status.failed,
});
