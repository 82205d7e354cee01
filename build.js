import {chmodSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'rolldown';
import {formatSbom, makeSbom} from './media/packaging/sbom.ts';
import {findThirdParties, writeNotices} from './media/packaging/third-party.ts';

const {version} = JSON.parse(readFileSync('package.json', 'utf8'));

/** Node's modules with properties that load more of Node when they are read. */
const greedy = /^(?:node:)?(crypto|fs|http|net|process|tls|util)$/;

/**
 * Wraps such a module so that only the used properties are read. A plain import reads them all, and
 * so loads undici with node:http and Web Cryptography with node:crypto: 40 ms of 350 ms that
 * `cistern status` takes for a small folder.
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
	// The second one is loaded by its name, with `require`: see source/ui/text/width.ts.
	input: {
		cli: 'source/cli.ts',
		'lfs-filter': 'source/lfs-filter.ts',
		'wide-text': 'source/ui/text/wide-text.ts',
	},
	platform: 'node',
	// Dependencies are bundled too, for a fast start. Ink needs this one only in development.
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
		// Each with everything it imports: one large file opens faster than fifty small ones.
		codeSplitting: {
			groups: [
				{name: 'version', test: /[\\/]source[\\/]version\.ts$/, priority: 5},
				{name: 'arguments', test: /[\\/]source[\\/]completion[\\/]suggest\.ts$/, priority: 4},
				{name: 'main', test: /[\\/]source[\\/]main\.ts$/, priority: 3},
				{name: 'names', test: /[\\/]source[\\/]complete-names\.ts$/, priority: 2},
				{
					name: 'backup',
					test: /[\\/]source[\\/](?:world|telling|commands[\\/]backup)\.ts$/,
					priority: 1,
				},
			],
		},
	},
	plugins: [
		{
			name: 'only-used-properties-of-builtins',
			resolveId: {
				filter: {id: greedy},
				// `require` reads no property by itself.
				handler: (id, _, {kind}) =>
					kind === 'import-statement' ? id.replace(greedy, '\0node:$1') : undefined,
			},
			load: {filter: {id: /^\0node:/}, handler: (id) => wrapBuiltin(id.slice(1))},
		},
		{
			// npm sees no dependency in what is bundled, so the bundle says by itself what is in it.
			name: 'third-parties',
			generateBundle(_, bundle) {
				const files = Object.values(bundle).flatMap(({moduleIds = []}) => moduleIds);
				// The bundler adds some lines of its own.
				files.push(fileURLToPath(import.meta.resolve('rolldown')));
				const thirdParties = findThirdParties(files);
				this.emitFile({
					type: 'asset',
					fileName: 'THIRD-PARTY-LICENCES',
					source: writeNotices(thirdParties),
				});
				this.emitFile({
					type: 'asset',
					fileName: 'sbom.cdx.json',
					source: formatSbom(makeSbom(version, thirdParties)),
				});
			},
		},
		{
			name: 'executable',
			writeBundle: () => chmodSync('dist/cli.js', 0o755),
		},
	],
});
