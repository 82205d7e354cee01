import type {MirrorFinding} from './finding.ts';

/** What is wrong with a mirror, in few words, for its record. At least one finding. */
export const describeDamage = (findings: readonly MirrorFinding[]): string => {
	const words = [...new Set(findings.map(describe))];
	return words.join('; ');
};

const describe = (finding: MirrorFinding): string => {
	switch (finding.kind) {
		case 'mirror-missing':
			return 'its mirror is not there';
		case 'mirror-unreadable':
			return 'git cannot read its mirror';
		case 'objects-damaged':
			return 'objects are damaged or missing';
		case 'objects-borrowed':
			return 'objects lie in another folder';
		case 'kept-missing':
		case 'kept-fewer':
			return 'old tips are not held any more';
		case 'history-missing':
			return 'its history cannot be read';
		case 'mirror-outdated':
			return 'its mirror is older than its record';
		default:
			return 'refs are not as they were recorded';
	}
};
