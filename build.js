import {chmodSync, readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {build} from 'rolldown';

const {version} = JSON.parse(readFileSync('package.json', 'utf8'));

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
	},
	plugins: [
		{
			name: 'executable',
			writeBundle: () => chmodSync('dist/cli.js', 0o755),
		},
	],
});
