import {expect, it} from 'vitest';
import {fitSections} from '../../../../source/ui/ask/setup/review.tsx';

const sourceOf = (title: string): readonly string[] => [
	`  - title: ${title}`,
	'    hoster: bitbucket',
	'    type: org',
	`    name: ${title}`,
	'    authName: ann',
];
const store = ['stores:', '  - title: offsite', '    type: folder', '    path: /mnt/nas'];
const file = ['localFolder: /srv/backup', 'sources:', ...sourceOf('acme'), ...store];

it('all of it is shown where there is room', () => {
	expect(fitSections(file, file.length, '…')).toEqual(file);
});

it('the longest sections are cut, so that the store that was answered last stays in sight', () => {
	expect(fitSections(file, 9, '…')).toEqual([
		'localFolder: /srv/backup',
		'sources:',
		'  - title: acme',
		'    hoster: bitbucket',
		'… 3 more lines',
		...store,
	]);
});

it('of too many sections the last ones are shown', () => {
	const many = ['sources:', ...['a', 'b', 'c', 'd', 'e'].flatMap(sourceOf)];
	expect(fitSections(many, 5, '…')).toEqual([
		'… 16 more lines',
		'  - title: d',
		'… 4 more lines',
		'  - title: e',
		'… 4 more lines',
	]);
});
