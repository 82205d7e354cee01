import {type MirrorName, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import type {RepositoryRecord} from '../../domain/record/record.ts';
import {formatRecord} from '../../domain/record/record-file.ts';
import {describeDamage} from '../../domain/verify/describe-damage.ts';
import {type Finding, isDamage, isOfMirror} from '../../domain/verify/finding.ts';
import type {Files} from '../../ports/files.ts';

/**
 * Writes into a record what is wrong with its mirrors, so that the next backup trusts it no more,
 * and takes away what is wrong no longer. Written only where that changes something.
 */
export const markDamage = async (
	files: Files,
	path: string,
	record: RepositoryRecord,
	findings: readonly Finding[],
): Promise<void> => {
	const ofRepo = damageOf(repoFolder, findings);
	const ofWiki = damageOf(wikiFolder, findings);
	const wiki = record.wiki?.state === 'saved' ? record.wiki : undefined;
	if (ofRepo !== record.damage || (wiki !== undefined && ofWiki !== wiki.damage)) {
		await files.writeText(path, formatRecord(withDamage(record, ofRepo, ofWiki)));
	}
};

/** In words; what could only not be checked proves nothing. */
const damageOf = (name: MirrorName, findings: readonly Finding[]): string | undefined => {
	const found = findings
		.filter(isOfMirror)
		.filter((one) => one.mirror === name && isDamage(one) && one.kind !== 'not-checked');
	return found.length === 0 ? undefined : describeDamage(found);
};

const withDamage = (
	{damage: _, wiki, ...record}: RepositoryRecord,
	ofRepo: string | undefined,
	ofWiki: string | undefined,
): RepositoryRecord => ({
	...record,
	...(wiki === undefined ? {} : {wiki: wiki.state === 'saved' ? markWiki(wiki, ofWiki) : wiki}),
	...(ofRepo === undefined ? {} : {damage: ofRepo}),
});

type SavedWiki = Extract<NonNullable<RepositoryRecord['wiki']>, {state: 'saved'}>;

const markWiki = ({damage: _, ...wiki}: SavedWiki, damage: string | undefined): SavedWiki =>
	damage === undefined ? wiki : {...wiki, damage};
