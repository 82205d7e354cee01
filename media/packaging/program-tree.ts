import {
	appendFileSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmdirSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {describeNode, fetchNode, type Platform} from './node-binary.ts';
import {run} from './run.ts';
import {formatSbom, type Sbom, withComponents} from './sbom.ts';
import {formatNotice} from './third-party.ts';

/** The program with its own Node, laid out as below /usr. It may be moved anywhere. */
export type ProgramTree = {
	readonly platform: Platform;
	readonly folder: string;
	/** Files with the notices, and with the list of all that is in it. */
	readonly notices: string;
	readonly sbom: string;
};

/** `readlink` costs a process, so it runs only if the program was started through a link. */
const launcher = `#!/bin/sh
self=$0
[ -L "$self" ] && self=$(readlink -f "$self")
library=\${self%/*}/../lib/cistern
exec "$library/node" "$library/dist/cli.js" "$@"
`;

const windowsLauncher =
	'@"%~dp0..\\lib\\cistern\\node.exe" "%~dp0..\\lib\\cistern\\dist\\cli.js" %*\r\n';

/** Where each shell looks for the completions of a program. */
const completions = {
	bash: 'share/bash-completion/completions/cistern',
	zsh: 'share/zsh/site-functions/_cistern',
	fish: 'share/fish/vendor_completions.d/cistern.fish',
	powershell: 'share/cistern/completions.ps1',
} as const;

type Shell = keyof typeof completions;

/** Lays the content of the npm package and a Node into a folder, which is made. */
export const layProgram = (npmPackage: string, platform: Platform, folder: string): ProgramTree => {
	const isWindows = platform.startsWith('windows');
	const papers = join(folder, 'share/doc/cistern');
	const library = join(folder, 'lib/cistern');
	for (const one of [papers, library]) {
		mkdirSync(one, {recursive: true});
	}

	run('tar', ['-xzf', npmPackage, '-C', library, '--strip-components=1']);
	const move = (file: string, to: string): string => {
		mkdirSync(dirname(to), {recursive: true});
		renameSync(join(library, file), to);
		return to;
	};
	move('README.md', join(papers, 'README.md'));
	move('LICENSE', join(papers, 'LICENSE'));
	move('docs/cistern.1', join(folder, 'share/man/man1/cistern.1'));
	rmdirSync(join(library, 'docs'));
	const notices = move('dist/THIRD-PARTY-LICENCES', join(papers, 'THIRD-PARTY-LICENCES'));
	const sbom = move('dist/sbom.cdx.json', join(papers, 'sbom.cdx.json'));
	const tree = {platform, folder, notices, sbom};

	addNode(tree, join(library, isWindows ? 'node.exe' : 'node'));
	write(
		join(folder, 'bin', isWindows ? 'cistern.cmd' : 'cistern'),
		isWindows ? windowsLauncher : launcher,
		0o755,
	);
	const shells: readonly Shell[] = isWindows ? ['powershell'] : ['bash', 'zsh', 'fish'];
	for (const shell of shells) {
		const words = [join(library, 'dist/cli.js'), 'complete', shell];
		write(join(folder, completions[shell]), run(process.execPath, words), 0o644);
	}
	return tree;
};

/** Adds Node, also to the notices and to the list of all that is in the tree. */
const addNode = ({platform, folder, notices, sbom}: ProgramTree, to: string): void => {
	const fetched = `${folder}-node`;
	fetchNode(platform, fetched);
	renameSync(join(fetched, 'node'), to);
	const component = describeNode(platform);
	appendFileSync(
		notices,
		`\n${formatNotice([`Node.js ${component.version}`], readFileSync(join(fetched, 'LICENSE'), 'utf8'))}\n`,
	);
	const listed: Sbom = JSON.parse(readFileSync(sbom, 'utf8'));
	writeFileSync(sbom, formatSbom(withComponents(listed, [component])));
};

const write = (file: string, content: string, mode: number): void => {
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, content, {mode});
};
