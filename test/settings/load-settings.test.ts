import {chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {complaintOf, load, settingsPath} from '../helpers/load-settings.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const token = 'ATATT3xFfGF0-the-token-of-this-test';

const file = (...lines: readonly string[]): string =>
	['localFolder: /srv/backup', 'sources:', ...lines, ''].join('\n');

const acme = [
	'  - title: acme',
	'    hoster: bitbucket',
	'    type: org',
	'    name: acme-inc',
	'    authName: ann',
	'    apiAuthName: ann@example.com',
];

describe('a settings file', () => {
	it('of SCM Backup is read unchanged', async () => {
		const settings = await load({
			home: makeTemporaryFolder(),
			environment: {BITBUCKET_TOKEN: token},
			file: `# all backups go here
localFolder: '/srv/backup'
waitSecondsOnError: 5
scms:
  - name: git
    path: '/opt/git/bin/git'
email:
  from: from@example.com
  to: ann@example.com;ben@example.com
  server: smtp.example.com
  port: 0
  useSsl: false
  userName: testuser
  password: not-the-real-password
sources:
  - title:  some_title
    hoster: bitbucket
    type: org
    name: your_workspace
    authName: your_user_name
    apiAuthName: your_bitbucket_email@example.com
    password: '%BITBUCKET_TOKEN%'
    ignoreRepos:
        - repo1
        - 2048
    includeRepos:
options:
    backup:
        removeDeletedRepos : true
        logRepoFinished: true
        addTimestampedSubfolder: false
        timestampFormat: yyyy-MM-dd_HHmm
`,
		});
		expect(settings).toMatchObject({
			localFolder: '/srv/backup',
			removeDeletedRepos: true,
			sources: [
				{
					title: 'some_title',
					type: 'org',
					workspace: 'your_workspace',
					credential: {
						kind: 'api-token',
						apiUser: 'your_bitbucket_email@example.com',
						gitUser: 'your_user_name',
					},
					ignoreRepos: ['repo1', '2048'],
					includeRepos: [],
					apiUrl: 'https://api.bitbucket.org/2.0',
					ofParts: {},
				},
			],
		});
	});

	it('names the keys of SCM Backup without effect once, unless they are switched off', async () => {
		const {notices} = await load({
			home: makeTemporaryFolder(),
			file: `waitSecondsOnError: 5\n${file('  - {title: a, name: a}')}options: {backup: {logRepoFinished: false, s3BucketName: b}}\n`,
		});
		expect(notices[0]).toBe(
			"waitSecondsOnError, options.backup.s3BucketName in the settings: SCM Backup's, without effect here.",
		);
	});

	it('with several mistakes gets all of them named with line and column, in order', async () => {
		const complaint = await complaintOf({
			home: makeTemporaryFolder(),
			file: `localFolder: /srv/backup
concurrency: many
sources:
  - title: Acme
    hoster: bitbucket
    type: team
    name: https://bitbucket.org/acme/
    ignorRepos: [x]
    authName: ann
    password: '%NOT_THERE%'
    includeRepos: api
  - title: ACME
    name: other
options:
  backup:
    removeDeletedRepos: maybe
    localFolder: x
`,
		});
		expect(complaint.split('\n')).toEqual([
			'settings.yml:2:14: concurrency must be a whole number from 1 to 64',
			'settings.yml:6:11: type "team" must be user or org',
			'settings.yml:7:11: name "https://bitbucket.org/acme/" is an address: write only the workspace id, "acme"',
			'settings.yml:8:5: unknown key "ignorRepos": did you mean "ignoreRepos"?',
			'settings.yml:10:15: the environment variable NOT_THERE is not set or empty: set it before cistern starts',
			'settings.yml:11:19: includeRepos must be a list: write [api]',
			'settings.yml:12:12: the title "ACME" differs only in case from "Acme": each names a folder, so give each its own',
			'settings.yml:16:25: removeDeletedRepos must be true or false, not "maybe"',
			'settings.yml:17:5: "localFolder" is in the wrong place: it belongs at the top level',
		]);
	});

	it('without required keys gets each missing key named with its place', async () => {
		const home = makeTemporaryFolder();
		expect(await complaintOf({home, file: 'sources:\n  - hoster: bitbucket\n'})).toBe(
			[
				'settings.yml: localFolder is missing: the folder that all backups go to',
				"settings.yml:2:5: title is missing: the name of this source's folder",
				'settings.yml:2:5: name is missing: the workspace id, the part of the address after bitbucket.org/',
			].join('\n'),
		);
	});

	it.each(['', '# only a comment\n', '---\n'])('that is empty is reported (%j)', async (text) => {
		const complaint = await complaintOf({home: makeTemporaryFolder(), file: text});
		expect(complaint).toContain('settings.yml: localFolder is missing');
		expect(complaint).toContain('settings.yml: there is no source of Bitbucket');
	});

	it.each([
		['- a\n', 'settings.yml: the file must hold keys with values'],
		['hello\n', 'settings.yml: the file must hold keys with values'],
		['sources: {}\n', 'settings.yml:1:10: sources must be a list'],
		['sources: [acme]\n', 'settings.yml:1:11: a source must hold keys with values'],
		['sources: &s [*s]\n', 'settings.yml:1:14: a source must hold keys'],
		['sources: [{title: [a]}]\n', 'settings.yml:1:19: title must be a single value, not a list'],
		['localFolder: {a: b}\n', 'settings.yml:1:14: localFolder must be a single value'],
		['options: [x]\n', 'settings.yml:1:10: options must hold keys with values'],
		['concurrency: 0\n', 'settings.yml:1:14: concurrency must be'],
		['maxWait: soon\n', 'settings.yml:1:10: maxWait must be a duration such as 30m or 2h'],
		['localFolder: c:\\scm-backup\n', '"c:\\scm-backup" is a path of Windows'],
		['__proto__: {a: b}\nconstructor: x\n', 'unknown key "__proto__"'],
	])('of wrong types is reported: %j', async (text, complaint) => {
		expect(await complaintOf({home: makeTemporaryFolder(), file: text})).toContain(complaint);
	});

	it.each([
		['hello\n', /missing|no source/],
		['localFolder: [a]\n', /localFolder is missing/],
		['localFolder: a\nsources: {}\n', /no source/],
		['localFolder: a\nsources: [acme]\n', /missing/],
		['localFolder: a\nsources: [{title: [a], name: {b: c}}]\n', /missing/],
		['localFolder: a\nsources: [{title: a, name: a, authName: a, password: [a]}]\n', /no token/],
	])(
		'does not report a key as missing when its value was rejected: %j',
		async (text, complaint) => {
			const told = await complaintOf({home: makeTemporaryFolder(), file: text});
			expect(told).toMatch(/must (?:be|hold)/);
			expect(told).not.toMatch(complaint);
		},
	);

	it('that does not exist is named, with the first steps', async () => {
		const complaint = await complaintOf({home: makeTemporaryFolder()});
		expect(complaint).toContain('settings.yml does not exist');
		expect(complaint).toContain('cistern setup');
		expect(complaint).toContain('--workspace (CISTERN_WORKSPACE) and --folder (CISTERN_FOLDER)');
		for (const name of ['API_AUTH_NAME', 'AUTH_NAME', 'TOKEN']) {
			expect(complaint).toContain(`(CISTERN_${name})`);
		}
	});

	it('that does not exist is not needed to read a backup, and the message says so', async () => {
		const home = makeTemporaryFolder();
		expect(await complaintOf({home, readsDiskOnly: true})).toContain('--from FOLDER');
		expect(await complaintOf({home})).not.toContain('--from');
	});

	it('that was named and does not exist is never replaced by options', async () => {
		const argv = ['--config', '/nowhere/at/all.yml', '--workspace', 'a', '--folder', '/b'];
		const complaint = await complaintOf({home: makeTemporaryFolder(), argv});
		expect(complaint).toContain('/nowhere/at/all.yml does not exist');
		expect(complaint).toContain('"cistern setup --config /nowhere/at/all.yml"');
		expect(complaint).not.toContain('--workspace');
	});
});

describe('the backup folder', () => {
	it.each([
		['backups', '.config/cistern/backups'],
		['~/backups', 'backups'],
		['~', '.'],
		['%WHERE%/x', 'elsewhere/x'],
	])('%j in the file is %j of the home folder', async (text, path) => {
		const home = makeTemporaryFolder();
		const {localFolder} = await load({
			home,
			file: `localFolder: '${text}'\nsources: [{title: a, name: a}]\n`,
			environment: {WHERE: join(home, 'elsewhere')},
		});
		expect(localFolder).toBe(join(home, path));
	});

	it('of an option is relative to the working directory', async () => {
		const {localFolder} = await load({
			home: makeTemporaryFolder(),
			file: file('  - {title: a, name: a}'),
			argv: ['--folder', 'here'],
		});
		expect(localFolder).toBe(join(process.cwd(), 'here'));
	});
});

it.each([`\${HOME}/backup`, '$HOME/backup', `/srv/\${NAME:-x}`])(
	'the backup folder %s is refused, because nothing replaced the variable',
	async (folder) => {
		const home = makeTemporaryFolder();
		const said = await complaintOf({
			home,
			file: `localFolder: '${folder}'\nsources: [{title: a, name: a}]\n`,
		});
		expect(said).toContain('nothing replaced "$');
		const argv = ['--workspace', 'a', '--folder', folder];
		expect(await complaintOf({home: makeTemporaryFolder(), argv})).toContain('--folder');
	},
);

it('a workspace in capitals is asked for in lower case, and that is said', async () => {
	const written = {home: makeTemporaryFolder(), file: file('  - {title: Acme, name: ACME}')};
	const {sources, notices} = await load(written);
	expect(sources[0]).toMatchObject({title: 'Acme', workspace: 'acme'});
	expect(notices).toContainEqual(expect.stringContaining('"acme" is asked for in place of "ACME"'));
	const given = {home: makeTemporaryFolder(), argv: ['--workspace', 'ACME', '--folder', 'x']};
	expect((await load(given)).sources[0]).toMatchObject({workspace: 'acme'});
	const plain = {home: makeTemporaryFolder(), file: file('  - {title: acme, name: acme}')};
	expect((await load(plain)).notices.join()).not.toContain('lower case');
});

describe('a credential', () => {
	const withLines = (...lines: readonly string[]): string =>
		file('  - title: acme', '    name: acme', ...lines.map((line) => `    ${line}`));

	it.each([
		[[`password: ${token}`], 'apiAuthName is missing: an API token needs it'],
		[['password: ATBBxyz'], 'this is an app password: Bitbucket switched app passwords off'],
		[
			['authName: ann'],
			'authName is given, but no token: add password, passwordCommand or passwordFile',
		],
		[['apiAuthName: a@b.c'], 'apiAuthName is given, but no token'],
		[['password: xyz'], 'begins neither like an API token (ATATT) nor like an access token'],
		[['password: "ATATT a"', 'apiAuthName: a@b.c'], 'the token contains a space'],
		[['password: a', 'passwordCommand: b'], 'keep one of them'],
		[['passwordFile: a', 'passwordCommand: b'], 'keep one of them'],
		[[`password: "'${token}'"`], 'the token stands in quotation marks'],
		[[`password: '"${token}"'`], 'the token stands in quotation marks'],
		[[`password: “${token}”`], 'the token stands in quotation marks'],
		[[`password: \${BITBUCKET_TOKEN}`], `the token is a placeholder like \${NAME}`],
		[['password: $BITBUCKET_TOKEN'], 'the token is a placeholder'],
		[[`password: '\${{ secrets.TOKEN }}'`], 'the token is a placeholder'],
		[["password: '$(cat /run/token)'"], 'the token is a placeholder'],
		[['password: <your token>'], 'the token is a placeholder'],
		[[`password: Bearer ${token}`], 'the token begins with the word of a header'],
		[[`password: CISTERN_TOKEN=${token}`], 'the token has a name and an equals sign before it'],
		[[`authName: '\${USER}'`, `password: ${token}`], `authName "\${USER}" is a placeholder`],
		[[`apiAuthName: '"a@b.c"'`, `password: ${token}`], 'stands in quotation marks'],
		[['authName: "a:b"', `password: ${token}`], 'authName "a:b" must not hold a space or a colon'],
	])('that cannot work is refused: %j', async (lines, complaint) => {
		const said = await complaintOf({home: makeTemporaryFolder(), file: withLines(...lines)});
		expect(said).toContain(complaint);
		expect(said).toMatch(/^settings\.yml:\d+:\d+: /);
		expect(said).not.toContain(token);
		expect(said).not.toContain('xyz');
	});

	it.each([
		[
			['authName: ann', 'apiAuthName: a@b.c', `password: ${token}`],
			{kind: 'api-token', apiUser: 'a@b.c', gitUser: 'ann'},
		],
		[
			['apiAuthName: a@b.c', `password: ${token}`],
			{kind: 'api-token', apiUser: 'a@b.c', gitUser: 'x-bitbucket-api-token-auth'},
		],
		[
			['authName: a@b.c', `password: ${token}`],
			{kind: 'api-token', apiUser: 'a@b.c', gitUser: 'x-bitbucket-api-token-auth'},
		],
		[['apiAuthName: a@b.c', 'password: of-a-kind-to-come'], {kind: 'api-token', apiUser: 'a@b.c'}],
		[['password: ATCTT3xFfGN0abc'], {kind: 'access-token'}],
		[['password: ATCTT3xFfGN0$abc=9F3C21'], {kind: 'access-token'}],
		[[], {kind: 'none'}],
	])('is made of %j', async (lines, credential) => {
		const settings = await load({home: makeTemporaryFolder(), file: withLines(...lines)});
		expect(settings.sources[0]?.credential).toMatchObject(credential);
	});

	it('is the first line of what the passwordCommand prints', async () => {
		const settings = await load({
			home: makeTemporaryFolder(),
			file: withLines('apiAuthName: a@b.c', `passwordCommand: printf '%s\\r\\nmore' ${token}`),
		});
		expect(revealed(settings.sources[0]?.credential)).toBe(token);
	});

	it('comes from a command unchanged, while the command itself may contain variables', async () => {
		const settings = await load({
			home: makeTemporaryFolder(),
			environment: {NAME: 'ATCTT', OTHER: 'x'},
			file: withLines(`passwordCommand: printf '%s%s\\045OTHER\\045' %NAME% 1`),
		});
		expect(revealed(settings.sources[0]?.credential)).toBe('ATCTT1%OTHER%');
	});

	it('runs a shared passwordCommand once, and only for selected sources', async () => {
		const home = makeTemporaryFolder();
		const count = `echo x >> ${home}/asked; echo ATCTTabc`;
		const sources = ['a', 'b'].map(
			(name) => `  - {title: ${name}, name: ${name}, passwordCommand: '${count}'}`,
		);
		const other = `  - {title: c, name: c, passwordCommand: 'false'}`;
		await load({home, file: file(...sources)});
		await load({home, file: file(...sources, other), argv: ['--source', 'b']});
		expect(readFileSync(`${home}/asked`, 'utf8')).toBe('x\nx\n');
	});

	it('is the first line of the passwordFile, beside the settings file or where it is', async () => {
		const home = makeTemporaryFolder();
		const secret = join(home, '.config/cistern/token');
		mkdirSync(dirname(secret), {recursive: true});
		writeFileSync(secret, `${token}\r\nmore`, {mode: 0o600});
		for (const path of ['token', secret, '~/.config/cistern/token']) {
			const lines = withLines('apiAuthName: a@b.c', `passwordFile: ${path}`);
			const {sources, notices} = await load({home, file: lines});
			expect(revealed(sources[0]?.credential)).toBe(token);
			expect(notices).toEqual([]);
		}
	});

	it('in a file that others can read is used and complained about', async () => {
		const home = makeTemporaryFolder();
		writeFileSync(join(home, 'token'), token);
		chmodSync(join(home, 'token'), 0o644);
		// A container's secrets are links.
		symlinkSync('token', join(home, 'link'));
		const {sources, notices} = await load({
			home,
			file: withLines('apiAuthName: a@b.c', 'passwordFile: ~/link'),
		});
		expect(revealed(sources[0]?.credential)).toBe(token);
		expect(notices).toEqual([
			`Other users of this machine can read the secret in ${home}/link. Repair it: chmod 600 ${home}/link`,
		]);
	});

	it.each([
		['nowhere', 'The file nowhere does not exist.'],
		['.', 'cannot be read: it is a folder.'],
		['empty', 'The first line of empty is empty.'],
		['binary', 'binary is not a file with a secret: it is not text in UTF-8.'],
	])('in the passwordFile %s is named as missing', async (path, complaint) => {
		const home = makeTemporaryFolder();
		mkdirSync(join(home, '.config/cistern'), {recursive: true});
		writeFileSync(join(home, '.config/cistern/empty'), `\n${token}`);
		writeFileSync(join(home, '.config/cistern/binary'), Buffer.from([0xff, 0xfe, 0x41]));
		const said = await complaintOf({home, file: withLines(`passwordFile: ${path}`)});
		expect(said).toContain(complaint);
		expect(said).toContain('passwordFile in the settings names it.');
		expect(said).not.toContain(token);
	});

	it('is the first line of the file that CISTERN_TOKEN_FILE names', async () => {
		const home = makeTemporaryFolder();
		writeFileSync(join(home, 'token'), `${token}\n`, {mode: 0o600});
		const environment = {CISTERN_TOKEN_FILE: join(home, 'token')};
		const settings = await load({home, environment, file: withLines('apiAuthName: a@b.c')});
		expect(revealed(settings.sources[0]?.credential)).toBe(token);
		const both = {...environment, CISTERN_TOKEN: token};
		expect(await complaintOf({home, environment: both, file: withLines()})).toBe(
			'CISTERN_TOKEN and CISTERN_TOKEN_FILE are both set.\nKeep one of them.',
		);
	});

	it('is not looked for when only the disk is read', async () => {
		const home = makeTemporaryFolder();
		const text = file(
			"  - {title: a, name: a, authName: ann, password: '%NOT_THERE%'}",
			`  - {title: b, name: b, passwordCommand: 'touch ${home}/asked'}`,
		);
		const argv = ['--token-stdin'];
		const {sources, notices} = await load({home, file: text, argv, readsDiskOnly: true});
		expect(sources.map(({title}) => title)).toEqual(['a', 'b']);
		expect(notices).toEqual([]);
	});
});

describe('a notice of every run', () => {
	it('says that without a token only public repositories are saved', async () => {
		const {notices} = await load({
			home: makeTemporaryFolder(),
			file: file('  - {title: a, name: a}'),
		});
		expect(notices).toEqual([
			'a: without a token only public repositories are seen and backed up.',
		]);
	});

	it('says that a source of another hoster is not backed up, even if it has mistakes', async () => {
		const {notices, sources} = await load({
			home: makeTemporaryFolder(),
			file: file(
				"  - {title: hub, hoster: github, nmae: x, password: '%NOT_THERE%'}",
				'  - {title: a, name: a, password: ATCTTabc}',
			),
		});
		expect(sources.map(({title}) => title)).toEqual(['a']);
		expect(notices[0]).toContain('The source hub is of github and is not backed up');
	});

	it.each([
		['2026-12-24', undefined],
		['2026-12-23', 'expires in 30 days (2026-12-23)'],
		['2026-11-24', 'expires tomorrow'],
		['2026-11-23', 'expires today'],
		['2026-11-22', 'expired on 2026-11-22 according to the settings. Make a new one, and'],
	])('says that a token expires (%s, on 2026-11-23)', async (day, said) => {
		const {notices} = await load({
			home: makeTemporaryFolder(),
			file: file(`  - {title: a, name: a, password: ATCTTabc, tokenExpires: ${day}}`),
		});
		expect(notices).toEqual(said === undefined ? [] : [expect.stringContaining(said)]);
	});

	it.each([
		['user', 'acme', 'ann', 1],
		['user', 'Ann', 'ann', 0],
		['user', 'acme', 'ann@example.com', 0],
		['org', 'acme', 'ann', 0],
	])('says whether type %s fits the workspace %s of %s', async (type, name, authName, count) => {
		const names = `name: ${name}, authName: ${authName}, apiAuthName: a@b.c`;
		const {notices} = await load({
			home: makeTemporaryFolder(),
			file: file(`  - {title: a, type: ${type}, ${names}, password: ATATTx}`),
		});
		expect(notices.filter((notice) => notice.includes('type'))).toHaveLength(count);
	});

	it('warns that others can read a token in the file, but not a variable', async () => {
		const home = makeTemporaryFolder();
		mkdirSync(join(home, '.config/cistern'), {recursive: true});
		const noticesFor = async (password: string) => {
			const text = file(`  - {title: a, name: a, password: '${password}'}`);
			writeFileSync(settingsPath(home), text, {mode: 0o644});
			return (await load({home, environment: {T: 'ATCTTabc'}})).notices;
		};
		expect(await noticesFor('ATCTTabc')).toEqual([expect.stringContaining('chmod 600')]);
		expect(await noticesFor('%T%')).toEqual([]);
	});
});

describe('options and variables', () => {
	const ci = {
		CISTERN_WORKSPACE: 'acme',
		CISTERN_AUTH_NAME: 'ann',
		CISTERN_API_AUTH_NAME: 'ann@example.com',
		CISTERN_FOLDER: '/srv/ci',
		CISTERN_TOKEN: token,
	};

	it('suffice without a file: one source with the workspace as its title', async () => {
		expect(await load({home: makeTemporaryFolder(), environment: ci})).toMatchObject({
			localFolder: '/srv/ci',
			sources: [
				{
					title: 'acme',
					workspace: 'acme',
					type: 'org',
					credential: {kind: 'api-token', apiUser: 'ann@example.com', gitUser: 'ann'},
				},
			],
		});
	});

	it('win over the file, and an option over its variable', async () => {
		const home = makeTemporaryFolder();
		const {localFolder, sources} = await load({
			home,
			file: file(...acme, '    password: ATCTT-of-the-file', '    ignoreRepos: [old]'),
			environment: {...ci, CISTERN_WORKSPACE: ''},
			argv: ['--auth-name', 'bob', '--api-url', 'https://proxy.example.com/2.0/'],
		});
		expect(localFolder).toBe('/srv/ci');
		expect(sources).toMatchObject([
			{
				title: 'acme',
				workspace: 'acme-inc',
				credential: {gitUser: 'bob'},
				ignoreRepos: ['old'],
				apiUrl: 'https://proxy.example.com/2.0',
			},
		]);
		expect(revealed(sources[0]?.credential)).toBe(token);
	});

	it('select the source that the file has for a workspace', async () => {
		const {sources} = await load({
			home: makeTemporaryFolder(),
			file: file(...acme, '  - {title: other, name: other, authName: x}'),
			environment: {CISTERN_WORKSPACE: 'ACME-inc', CISTERN_TOKEN: token},
		});
		expect(sources.map(({title}) => title)).toEqual(['acme']);
	});

	it('do not mix two workspaces in one folder', async () => {
		const text = file(...acme, `    password: ${token}`);
		const complaint = await complaintOf({
			home: makeTemporaryFolder(),
			file: text,
			argv: ['--workspace', 'acme'],
		});
		expect(complaint).toContain('The folder "acme" belongs to the workspace acme-inc');
	});

	it('that are missing are named with their variables', async () => {
		const complaint = await complaintOf({
			home: makeTemporaryFolder(),
			environment: {CISTERN_WORKSPACE: 'acme', CISTERN_TOKEN: token},
		});
		expect(complaint).toContain('--folder (CISTERN_FOLDER) is missing');
		expect(complaint).toContain('--api-auth-name (CISTERN_API_AUTH_NAME) is missing');
	});

	it('that belong to one source are refused when there are several', async () => {
		const two = file('  - {title: a, name: a}', '  - {title: b, name: b}');
		const home = makeTemporaryFolder();
		expect(await complaintOf({home, file: two, argv: ['--auth-name', 'x']})).toContain(
			'--auth-name (CISTERN_AUTH_NAME) belongs to one source, and there are 2',
		);
	});

	it('give a token to those of several sources that name a user and have none', async () => {
		const {sources} = await load({
			home: makeTemporaryFolder(),
			environment: {CISTERN_TOKEN: token},
			file: file(
				'  - {title: mine, name: a, apiAuthName: a@b.c}',
				'  - {title: own, name: b, password: ATCTT-own}',
				'  - {title: public, name: c}',
			),
		});
		expect(sources.map(({credential}) => revealed(credential))).toEqual([
			token,
			'ATCTT-own',
			undefined,
		]);
	});

	it('read the token from standard input, over the variable', async () => {
		const {sources} = await load({
			home: makeTemporaryFolder(),
			environment: {...ci, CISTERN_TOKEN: 'ATCTT-of-the-variable'},
			argv: ['--token-stdin'],
			input: `${token}\r\nmore\n`,
		});
		expect(revealed(sources[0]?.credential)).toBe(token);
	});

	it('find nothing in an empty standard input', async () => {
		const said = await complaintOf({
			home: makeTemporaryFolder(),
			environment: ci,
			argv: ['--token-stdin'],
		});
		expect(said).toContain('standard input is empty');
	});
});

it('credentialsCommand gets the environment without the variables that hold a secret', async () => {
	const home = makeTemporaryFolder();
	const {sources} = await load({
		home,
		environment: {HOME: home, AWS_PROFILE: 'backup', ACME_TOKEN: 'ATCTTabc'},
		file: file(
			"  - {title: acme, name: a, password: '%ACME_TOKEN%'}",
			'stores:',
			'  - {title: s3, type: s3, bucket: b, credentialsCommand: aws, recipients: none}',
		),
	});
	expect(sources[0]?.stores?.[0]?.place).toMatchObject({
		keys: {kind: 'command', command: 'aws', environment: {HOME: home, AWS_PROFILE: 'backup'}},
	});
	expect(JSON.stringify(sources[0]?.stores)).not.toContain('ATCTTabc');
});

it('afterBackup gets the environment without the variables that hold a secret', async () => {
	const home = makeTemporaryFolder();
	const environment = {
		HOME: home,
		RESTIC_PASSWORD_FILE: '/etc/restic',
		ACME_TOKEN: 'ATCTTabc',
		OTHER_TOKEN: 'ATCTTdef',
		TOPIC: 'topic-4711',
		CISTERN_TOKEN: 'ATCTTghi',
		CISTERN_TOKEN_FILE: '/etc/token',
	};
	const {afterBackup} = await load({
		home,
		environment: {...environment, CISTERN_TOKEN_FILE: ''},
		argv: ['--source', 'acme'],
		file: file(
			"  - {title: acme, name: a, password: '%ACME_TOKEN%'}",
			"  - {title: beta, name: b, password: '%OTHER_TOKEN%'}",
			'tell:',
			'  - ntfy: https://ntfy.sh/%TOPIC%',
			'options:',
			'  backup:',
			"    afterBackup: [restic, backup, '%HOME%']",
		),
	});
	expect(afterBackup).toEqual({
		words: ['restic', 'backup', home],
		environment: {HOME: home, RESTIC_PASSWORD_FILE: '/etc/restic'},
	});
});

describe('--source', () => {
	const three = file(
		'  - {title: acme, name: a, password: ATCTTabc}',
		"  - {title: beta, name: not a name, password: '%NOT_THERE%', typo: x}",
		'  - {title: hub, hoster: github, name: c}',
	);

	it('selects one, and mistakes in the others do not matter', async () => {
		const {sources} = await load({
			home: makeTemporaryFolder(),
			file: three,
			argv: ['--source', 'Acme'],
		});
		expect(sources.map(({title}) => title)).toEqual(['acme']);
	});

	it.each([
		['acm', 'There is no source "acm": did you mean "acme"?\nThe sources are acme, beta.'],
		['hub', 'The source "hub" is of github; Cistern backs up Bitbucket only.'],
	])('%s is refused', async (title, complaint) => {
		const home = makeTemporaryFolder();
		expect(await complaintOf({home, file: three, argv: ['--source', title]})).toBe(complaint);
	});
});

const revealed = (credential: unknown): unknown =>
	typeof credential === 'object' && credential !== null && 'token' in credential
		? (credential.token as {reveal(): string}).reveal()
		: undefined;
