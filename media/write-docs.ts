import {writeFile} from 'node:fs/promises';
import {formatJsonPage, formatJsonSchema} from './json-docs.ts';
import {writeManPage} from './man-page.ts';
import {writeCommandsPage, writeSettingsPage, writeSettingsSchema} from './pages.ts';

await writeFile('docs/json.md', formatJsonPage());
await writeFile('docs/json.schema.json', formatJsonSchema());
await writeFile('docs/commands.md', writeCommandsPage());
await writeFile('docs/settings.md', writeSettingsPage());
await writeFile('docs/settings.schema.json', writeSettingsSchema());
await writeFile('docs/cistern.1', writeManPage());
