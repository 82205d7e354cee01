import {readFile, writeFile} from 'node:fs/promises';
import {replaceJsonTables} from './json-tables.ts';

const page = await readFile('docs/json.md', 'utf8');
const schema = JSON.parse(await readFile('source/ui/event-schema.json', 'utf8'));
await writeFile('docs/json.md', replaceJsonTables(page, schema));
