import {chmodSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {build} from 'rolldown';

const {version} = JSON.parse(readFileSync('package.json', 'utf8'));

/** Modules of Node's with properties that load more of Node once they are read. */
const greedy = /^(?:node:)?(crypto|fs|http|net|process|tls|util)$/;

/**
 * One of them as a module of our own, of which only what is used is read. An import reads all: of
 * node:http alone that is undici, 60 ms of a start; of node:crypto Web Cryptography.
 */
const wrapBuiltin = (name) => {
	const builtin = process.getBuiltinModule(name);
	const keys = Object.getOwnPropertyNames(builtin).filter((key) => /^\w+$/.test(key));
	return [
		`const builtin = process.getBuiltinModule('${name}');`,
		'const read = (key) => builtin[key];',
		'export default builtin;',
		...keys
			.filter((key) => key !== 'default')
			.map((key) => `const ${key}$ = /* @__PURE__ */ read('${key}');\nexport {${key}$ as ${key}};`),
	].join('\n');
};

await build({
	input: {cli: 'source/cli.ts'},
	platform: 'node',
	// Dependencies are bundled too, for the start-up; Ink asks for this one only in development.
	resolve: {alias: {'react-devtools-core': resolve('no-devtools.js')}},
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
			name: 'builtins-without-what-nobody-uses',
			// A call of 'require' reads nothing by itself.
			resolveId: (id, _, {kind}) =>
				kind === 'import-statement' && greedy.test(id)
					? id.replace(greedy, '\0node:$1')
					: undefined,
			load: (id) => (id.startsWith('\0node:') ? wrapBuiltin(id.slice(1)) : undefined),
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
