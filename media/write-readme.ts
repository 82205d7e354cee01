import {readFile, writeFile} from 'node:fs/promises';
import {replaceJsonTables} from './json-tables.ts';

const readme = await readFile('README.md', 'utf8');
const schema = JSON.parse(await readFile('source/ui/event-schema.json', 'utf8'));
await writeFile('README.md', replaceJsonTables(readme, schema));
