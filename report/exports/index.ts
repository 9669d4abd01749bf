import { csv } from './csv.ts';
import type { ExportFormat } from './format.ts';
import { itf } from './itf.ts';
import { mermaid } from './mermaid.ts';
import { perfetto } from './perfetto.ts';
import { shiviz } from './shiviz.ts';
import { svg } from './svg.ts';
import { tla } from './tla.ts';

export type { ExportFormat, ExportRun } from './format.ts';

/** What a trace can be turned into. */
export const EXPORTS: readonly ExportFormat[] = [mermaid, shiviz, perfetto, itf, tla, svg, csv];
