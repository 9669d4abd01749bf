import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../scenarios/schema.ts';

/** Writes scenarios/scenario.schema.json anew from scenarios/schema.ts; started at the root, after a change there. */
writeFileSync('scenarios/scenario.schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
