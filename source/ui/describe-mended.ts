import {shortRef} from '../domain/record/ref-name.ts';
import type {Mending} from '../domain/run/mending.ts';
import {formatCount, formatDate, formatNames} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';

/** What became of a damaged mirror, as parts of a sentence: what is saved, then what is lost. */
export const describeMended = (mending: Mending): readonly string[] => {
	const whose = mending.mirror === 'wiki' ? "its wiki's mirror" : 'its mirror';
	return [
		mending.setAside === undefined
			? `${whose} was mended`
			: `${whose} was damaged and is made anew, the damaged one is set aside as ${toPrintable(mending.setAside)}`,
		...(mending.rescued === 0 ? [] : [`${formatCount(mending.rescued, 'old tip')} rescued`]),
		...describeLost(mending),
	];
};

/** What could not be brought over; nothing where all could. */
export const describeLost = ({lost, unnamed, history}: Mending): readonly string[] => [
	...(lost.length === 0
		? []
		: [
				`LOST ${formatCount(lost.length, 'old tip')}: ${formatNames(lost.map(nameTip), lost.length)}`,
			]),
	...(unnamed === 0 ? [] : [`LOST ${formatCount(unnamed, 'old tip')} whose names nobody knows`]),
	...(history === 'whole'
		? []
		: [history === 'part' ? 'LOST a part of its history' : 'LOST its history until now']),
];

const nameTip = ({ref, oid, keptAt}: Mending['lost'][number]): string => {
	const name = toPrintable(shortRef(ref));
	const of = keptAt === undefined ? '' : ` of ${formatDate(keptAt)}`;
	return `${name} ${oid.slice(0, 12)}${of}`;
};
