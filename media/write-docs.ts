import {writeFile} from 'node:fs/promises';
import {formatJsonPage, formatJsonSchema} from './json-docs.ts';

await writeFile('docs/json.md', formatJsonPage());
await writeFile('docs/json.schema.json', formatJsonSchema());
