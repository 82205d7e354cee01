import {describe, expect, it} from 'vitest';
import {
	isMarkedEncrypted,
	isOnEncryptedMount,
	warnOfKeyring,
	warnOfProgram,
	warnOfToken,
} from '../../../source/domain/schedule/warnings.ts';

describe('a schedule warns of', () => {
	it.each([
		['/home/ann/.nvm/versions/node/v24.1.0/bin/node', 'nvm'],
		['C:\\Users\\ann\\AppData\\Roaming\\nvm\\v24.1.0\\node.exe', 'nvm'],
		['/home/ann/.local/share/fnm/node-versions/v24.1.0/installation/bin/node', 'fnm'],
		['/run/user/1000/fnm_multishells/1_2/bin/node', 'fnm'],
		['/home/ann/.volta/tools/image/node/24.1.0/bin/node', 'Volta'],
		['/home/ann/.asdf/installs/nodejs/24.1.0/bin/node', 'asdf'],
		['/home/ann/.local/share/mise/installs/node/24.1.0/bin/node', 'mise'],
		['/opt/homebrew/Cellar/node/24.1.0/bin/node', 'Homebrew'],
	])('the Node %s', (node, name) => {
		const [warning] = warnOfProgram([node, '/usr/lib/node_modules/cistern/dist/cli.js']);
		expect(warning).toContain(node);
		expect(warning).toContain(`${name} may remove that`);
	});

	it('a Cistern in the cache of npx, and of no other', () => {
		const script = '/home/ann/.npm/_npx/1a2b/node_modules/cistern/dist/cli.js';
		expect(warnOfProgram(['/usr/bin/node', script])).toEqual([
			expect.stringContaining('npm install --global cistern'),
		]);
		expect(warnOfProgram(['/usr/bin/node', '/usr/lib/node_modules/cistern/dist/cli.js'])).toEqual(
			[],
		);
	});

	it('a keyring that may be locked at night', () => {
		expect(warnOfKeyring('cron', ['secret-tool lookup service cistern account acme'])).toEqual([
			expect.stringContaining('comes from secret-tool, which may be locked at night'),
		]);
		expect(warnOfKeyring('systemd', ['/usr/bin/pass show cistern/acme'])).toHaveLength(1);
		expect(warnOfKeyring('launchd', ['security find-generic-password -w'])).toEqual([]);
		expect(warnOfKeyring('systemd', ['cat /run/secrets/token', 'passage x'])).toEqual([]);
	});

	it('a variable that it does not know', () => {
		const [warning] = warnOfToken('cron', {kind: 'environment', variable: 'BITBUCKET_TOKEN'});
		expect(warning).toContain('does not know BITBUCKET_TOKEN');
		expect(warnOfToken('cron', {kind: 'file'})).toEqual([]);
	});
});

describe('an encrypted home folder', () => {
	const mounts = (kind: string): string =>
		`/dev/sda1 / ext4 rw 0 0\n/home/.ecryptfs/ann/.Private /home/ann ${kind} rw 0 0\nx /home/anna ecryptfs rw 0 0\n`;

	it('is known by its file system', () => {
		expect(isOnEncryptedMount('/home/ann', mounts('ecryptfs'))).toBe(true);
		expect(isOnEncryptedMount('/home/ann', mounts('fuse.gocryptfs'))).toBe(true);
		expect(isOnEncryptedMount('/home/ann', mounts('ext4'))).toBe(false);
		expect(isOnEncryptedMount('/home/an', mounts('ecryptfs'))).toBe(false);
		expect(isOnEncryptedMount('/home/ann', '')).toBe(false);
	});

	it('is known by its attribute (fscrypt)', () => {
		expect(isMarkedEncrypted('-----------E--e------- /home/ann\n')).toBe(true);
		expect(isMarkedEncrypted('--------------e------- /home/Eve\n')).toBe(false);
		expect(isMarkedEncrypted('')).toBe(false);
	});
});
