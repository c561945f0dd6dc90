/**
 * Writes devloop.schema.json, the schema that editors use for devloop.yaml. Run after a change of the config schema,
 * with the workspace built: `node packages/tui/write-schema.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { configJsonSchema } from '@devloop/daemon/config/json-schema';

const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
await writeFile(new URL('devloop.schema.json', import.meta.url), text);
