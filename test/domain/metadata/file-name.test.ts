import {describe, expect, it} from 'vitest';
import {nameFiles} from '../../../source/domain/metadata/file-name.ts';

describe('names of restored files', () => {
	it.each([
		['guide v1.2 (final).pdf', 'guide v1.2 (final).pdf'],
		['Bericht März.pdf', 'Bericht März.pdf'],
		['../../etc/passwd', '_._.._etc_passwd'],
		['..', '__'],
		['C:\\boot.ini', 'C__boot.ini'],
		['nul.txt', '_nul.txt'],
		['-rf', '_rf'],
		['name.', 'name_'],
		['\u001b[2J\u202egnp.exe', '_[2J_gnp.exe'],
		['\ud800', '_'],
	])('%j becomes %j', (name, own) => {
		expect(nameFiles([name])).toEqual([own]);
	});

	it('are of a length that every file system takes', () => {
		const [own = ''] = nameFiles([`${'ä'.repeat(300)}.iso`]);
		expect(Buffer.byteLength(own)).toBeLessThan(255);
		expect(own).toMatch(/\.iso$/);
	});

	it('never meet, on a disk that ignores case too', () => {
		const own = nameFiles(['a.txt', 'A.TXT', '2-a.txt', 'é', 'e\u0301']);
		expect(own).toEqual(['a.txt', '2-A.TXT', '2-2-a.txt', 'é', '2-é']);
		expect(new Set(own.map((name) => name.toLowerCase())).size).toBe(5);
	});
});
