/**
 * Checks before a release that package.json is that of the tag and of the repository it is built in:
 * `TAG=v1.2.3 REPOSITORY=owner/name npm run release:check`. npm refuses a provenance of another one.
 */
import {readFileSync} from 'node:fs';

const {version, repository} = JSON.parse(readFileSync('package.json', 'utf8'));
const {TAG: tag, REPOSITORY: place} = process.env;
const problems = [
	...(tag === `v${version}` ? [] : [`package.json has the version ${version}, the tag is ${tag}.`]),
	...(repository?.url === `git+https://github.com/${place}.git`
		? []
		: [
				`package.json has to name its repository: {"type": "git", "url": "git+https://github.com/${place}.git"}`,
			]),
	...(readFileSync('CHANGELOG.md', 'utf8').includes(`\n## ${version} `)
		? []
		: [`CHANGELOG.md has no heading "## ${version} - DATE".`]),
];
for (const problem of problems) {
	process.stderr.write(`${problem}\n`);
}

process.exitCode = problems.length === 0 ? 0 : 1;
