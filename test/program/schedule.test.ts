import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {existsSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

/**
 * A user manager of systemd in mount, process and control group namespaces of its own. It needs a
 * computer on which this user may make them, such as root in a virtual machine.
 */
const manager = `
mount -t tmpfs tmpfs /run || exit 77
mkdir -p /run/systemd/system /run/user/0; chmod 700 /run/user/0
mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 77
mkdir -p "/sys/fs/cgroup/$GROUP" && echo $$ > "/sys/fs/cgroup/$GROUP/cgroup.procs" || exit 77
export XDG_RUNTIME_DIR=/run/user/0 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/0/bus
/lib/systemd/systemd --user --log-target=null 2>/dev/null & P=$!
for i in $(seq 100); do systemctl --user show -p Version >/dev/null 2>&1 && break; sleep 0.1; done
systemctl --user show -p Version >/dev/null || exit 77
`;

const inNamespaces = [
	'unshare',
	'--mount',
	'--pid',
	'--fork',
	'--mount-proc',
	'bash',
	'-c',
] as const;

const canBoot =
	existsSync('/lib/systemd/systemd') &&
	spawnSync(inNamespaces[0], [...inNamespaces.slice(1), 'mount -t tmpfs tmpfs /run']).status === 0;

/** Runs a script beside a user manager. Gives the exit code and what it printed. */
const runBeside = async (
	script: string,
	home: string,
): Promise<{readonly code: number | null; readonly out: string}> => {
	const group = `cistern-test-${process.pid}`;
	const [command, ...words] = inNamespaces;
	const child = spawn(command, [...words, `${manager}\n${script}\nkill $P; wait $P; exit 0`], {
		env: {PATH: process.env['PATH'], HOME: home, USER: 'root', GROUP: group},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let out = '';
	child.stdout.on('data', (chunk: Buffer) => {
		out += chunk.toString();
	});
	child.stderr.on('data', (chunk: Buffer) => {
		out += chunk.toString();
	});
	const code = await new Promise<number | null>((end) => child.once('close', end));
	spawnSync('sh', [
		'-c',
		`for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do find $root/${group} -depth -type d -exec rmdir {} \\; ; done`,
	]);
	return {code, out};
};

describe('a schedule of systemd', () => {
	const acme = setUpWorkspace();

	it.skipIf(!canBoot)(
		'is installed, shown, caught up, tried again, and removed by a real manager [needs namespaces and systemd]',
		{timeout: 180_000},
		async () => {
			await acme.add('api');
			const {folder, settings} = makeHome(acme.sandbox);
			const home = join(folder, 'home');
			const units = join(home, '.config/systemd/user');
			const program = `"${process.execPath}" "${resolve('dist/cli.js')}"`;
			writeFileSync(
				join(folder, 'drop-in'),
				`[Service]\nRestartSec=0.2\nExecStart=\nExecStart=/bin/sh -c 'echo x >> ${folder}/starts; exit $(cat ${folder}/code)'\n`,
			);
			const {code, out} = await runBeside(
				`
cistern() { ${program} "$@" --config "${settings}"; }
# A backup that was missed is caught up after the same delay, of half an hour at most.
mkdir -p ${units}/cistern.service.d ${units}/cistern.timer.d ${home}/.local/share/systemd/timers
cp ${folder}/drop-in ${units}/cistern.service.d/x.conf
printf '[Timer]\\nRandomizedDelaySec=0\\n' > ${units}/cistern.timer.d/x.conf
touch -d '2 days ago' ${home}/.local/share/systemd/timers/stamp-cistern.timer
echo 0 > ${folder}/code; : > ${folder}/starts
cistern schedule --at 02:00 --verify --yes; echo "installed $?"
for i in $(seq 60); do [ -s ${folder}/starts ] && break; sleep 0.1; done
echo "caught up $(wc -l < ${folder}/starts)"
cistern schedule --json; echo "shown $?"
systemctl --user list-timers --all --no-legend --no-pager | grep -c cistern | sed 's/^/timers /'
for code in 0 11 12 3; do
	echo $code > ${folder}/code; : > ${folder}/starts
	systemctl --user reset-failed cistern.service
	systemctl --user start cistern.service 2>/dev/null
	for i in $(seq 60); do
		case "$(systemctl --user show cistern.service -p ActiveState --value)" in inactive|failed) break;; esac
		sleep 0.1
	done
	echo "code $code: $(wc -l < ${folder}/starts) $(systemctl --user show cistern.service -p Result --value)"
done
cistern schedule --remove; echo "removed $?"
systemctl --user list-timers --all --no-legend --no-pager | grep -c cistern | sed 's/^/timers /'
ls ${units}/*.service ${units}/*.timer 2>/dev/null | wc -l | sed 's/^/files /'
`,
				home,
			);

			expect([code, out]).toEqual([0, expect.stringContaining('installed 0')]);
			// The check ran inside the manager, and found the sandbox.
			expect(out).toContain('Ann Example');
			const shown = JSON.parse(/^\{.*"type":"schedule".*$/m.exec(out)?.[0] ?? '{}');
			expect(shown).toMatchObject({with: 'systemd', persistent: true, problems: []});
			expect(shown.next).toMatch(/T02:[0-2]\d:\d\dZ$/);
			expect(out).toContain('timers 2\n');
			expect(out.match(/^code .*$/gm)).toEqual([
				'code 0: 1 success',
				'code 11: 1 success',
				'code 12: 1 exit-code',
				expect.stringMatching(/^code 3: 3 /),
			]);
			expect(out).toContain('removed 0\ntimers 0\nfiles 0\n');
			expect(out).toContain('caught up 1\n');
		},
	);
});

describe('a crontab of Debian', () => {
	const hasCrontab = spawnSync('crontab', ['-V']).error === undefined;

	it.skipIf(!hasCrontab || !canBoot)(
		'gets and loses its line, and keeps the others [needs namespaces and cron]',
		async () => {
			const {folder, settings} = makeHome({apiUrl: 'http://127.0.0.1:1/2.0'});
			const program = `"${process.execPath}" "${resolve('dist/cli.js')}"`;
			const script = `
mount -t tmpfs tmpfs /var/spool; mkdir -p -m 1730 /var/spool/cron/crontabs
{ cat /etc/group; echo crontab:x:9999:; } > ${folder}/group; mount --bind ${folder}/group /etc/group
export HOME="${folder}/home" PATH="$PATH"
cistern() { ${program} "$@" --config "${settings}" --with cron; }
echo '5 4 * * * other' | crontab -
cistern schedule --at 02:00 --yes >/dev/null 2>&1
crontab -l | grep -v '^#'
cistern schedule --remove 2>/dev/null
crontab -l | grep -v '^#'
`;
			const [command, ...words] = inNamespaces;
			const out = execFileSync(command, [...words, script], {encoding: 'utf8'});
			expect(out.split('\n').slice(0, -1)).toEqual([
				'5 4 * * * other',
				expect.stringMatching(
					/^\d+ \* \* \* \* .* --yes --quiet --if-older 20h .* # cistern schedule$/,
				),
				'5 4 * * * other',
			]);
		},
	);
});
