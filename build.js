import {chmodSync, readFileSync} from 'node:fs';
import http from 'node:http';
import {resolve} from 'node:path';
import {build} from 'rolldown';

const {version} = JSON.parse(readFileSync('package.json', 'utf8'));

const httpNames = Object.entries(Object.getOwnPropertyDescriptors(http)).flatMap(
	([name, {value}]) => (value === undefined ? [] : [name]),
);
const httpModule = `const http = process.getBuiltinModule('node:http');
export default http;
export const {${httpNames.join(', ')}} = http;`;

await build({
	input: {cli: 'source/cli.ts'},
	platform: 'node',
	// Dependencies are bundled too, for the start-up; Ink asks for this one only in development.
	resolve: {alias: {'react-devtools-core': resolve('source/ui/wizard/no-devtools.ts')}},
	transform: {
		define: {
			'process.env.NODE_ENV': '"production"',
			__CISTERN_VERSION__: JSON.stringify(version),
		},
	},
	output: {
		dir: 'dist',
		cleanDir: true,
		format: 'esm',
		entryFileNames: '[name].js',
		chunkFileNames: '[name]-[hash].js',
		minify: {compress: true, mangle: {keepNames: true}},
		// Each with all that it imports: to open fifty small files takes longer than to read one.
		codeSplitting: {
			groups: [
				{name: 'version', test: /[\\/]source[\\/]version\.ts$/, priority: 3},
				{name: 'main', test: /[\\/]source[\\/]main\.ts$/, priority: 2},
				{name: 'backup', test: /[\\/]source[\\/](?:world|commands[\\/]backup)\.ts$/, priority: 1},
			],
		},
	},
	plugins: [
		{
			// An import of node:http reads all of its properties, and some of these load what Node has of
			// undici: 60 ms of a start, for nothing that is used here.
			name: 'http-without-undici',
			resolveId: (id) => (/^(node:)?http$/.test(id) ? '\0http' : undefined),
			load: (id) => (id === '\0http' ? httpModule : undefined),
		},
		{
			// got checks its options with a library that begins with the grammar of English lists: 5 ms.
			name: 'is-without-languages',
			transform: (code, id) =>
				/[\\/]@sindresorhus[\\/]is[\\/]/.test(id)
					? code.replace(
							/new Intl\.ListFormat\([^)]*\)/g,
							'{format: (names) => [...names].join(", ")}',
						)
					: undefined,
		},
		{
			name: 'executable',
			writeBundle: () => chmodSync('dist/cli.js', 0o755),
		},
	],
});
