import { writeFileSync } from 'node:fs';
import { traceJsonSchema } from '../report/trace-schema.ts';
import { jsonSchema } from '../scenarios/schema.ts';

/** Writes the published schemas anew from what the program itself reads by; started at the root, after a change there. */
writeFileSync('scenarios/scenario.schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
writeFileSync('docs/trace.schema.json', `${JSON.stringify(traceJsonSchema(), null, 2)}\n`);
