import {resolve} from 'node:path';
import {build} from 'rolldown';

/** `node make-bundle.ts PROGRAM FILE`: makes one file of a program and all that it imports. */
const [input = '', file = ''] = process.argv.slice(2);

await build({
	input,
	platform: 'node',
	resolve: {alias: {'react-devtools-core': resolve('no-devtools.js')}},
	transform: {define: {'process.env.NODE_ENV': '"production"'}},
	output: {file, format: 'esm', codeSplitting: false},
});
