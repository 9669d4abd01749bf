import type { Bug } from '../sim/zab/bugs/index.ts';
import type { Paint } from './paint.ts';
import { PUBLISHED } from './published.ts';
import { pad, table, thousands, wrap } from './text.ts';

/** What is told of one bug, or of `corrected`. */
export interface MatrixLine {
  /** The bug, or `corrected`, which is searched for as long and must show nothing. */
  readonly bug: string;
  readonly kind: Bug['kind'] | 'control';
  /** Some seed found it; how many of how many did. */
  readonly found: boolean;
  readonly hits: number;
  readonly seeds: number;
  /** Which property spoke first, most often; how often each did. */
  readonly property: string | null;
  readonly properties: readonly { readonly property: string; readonly count: number }[];
  /** Those that speak later in the same runs, when these go on. */
  readonly later: readonly string[];
  /** The museum says that this property breaks. */
  readonly asKnown: boolean;
  /** To the first hit. A seed that found nothing counts with all that it spent. */
  readonly medianRuns: number;
  readonly medianEvents: number;
  /** CPU time of the searching thread. */
  readonly medianMs: number;
  readonly worstMs: number;
  readonly totalRuns: number;
  /** Length of the causal chain of the shrunk run, steps of its scenario, and wall time of shrinking; medians over the first
   *  seeds that hit. null: nothing was shrunk. */
  readonly shrunkEvents: number | null;
  readonly shrunkSteps: number | null;
  readonly shrinkMs: number | null;
}

/** Two lines a bug: eighty columns hold no more. */
export function matrixRowLines(row: MatrixLine, paint: Paint): string[] {
  const control = row.kind === 'control';
  const good = control ? !row.found : row.found;
  const mark = control ? (row.found ? 'NOT SILENT' : 'silent') : row.found ? 'found' : 'MISSED';
  const spoke = spokeWords(row);
  const shrunk =
    row.shrunkEvents === null ? '' : `; shrunk to ${row.shrunkSteps ?? 0} steps, a chain of ${row.shrunkEvents}`;
  return [
    `${(good ? paint.good : paint.bad)(pad(mark, 10))}  ${paint.title(row.bug)}`,
    ...wrap(
      `${row.hits} of ${row.seeds} seeds, median ${thousands(row.medianRuns)} runs and ${ms(row.medianMs)}, ` +
        `worst ${worst(row)}${shrunk}`,
      '            ',
    ),
    ...(spoke === '' ? [] : wrap(spoke, '            ')),
  ];
}

function spokeWords({ properties }: MatrixLine): string {
  return properties.map(({ property, count }) => `${property} ${count}`).join(', ');
}

/** A seed that found nothing says only that it takes longer. */
function worst({ hits, seeds, worstMs }: MatrixLine): string {
  return hits < seeds ? `> ${ms(worstMs)}` : ms(worstMs);
}

function ms(value: number): string {
  return value < 1000 ? `${value} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** A table of who catches what: one row a property that spoke. */
export function matrixByProperty(rows: readonly MatrixLine[], paint: Paint): string[] {
  const caught = byProperty(rows);
  return table(
    [
      { title: paint.title('property') },
      { title: paint.title('bugs'), right: true },
      { title: paint.title('hits'), right: true },
    ],
    caught.map(({ property, bugs, hits }) => [property, String(bugs.length), String(hits)]),
  );
}

function byProperty(rows: readonly MatrixLine[]): { property: string; bugs: string[]; hits: number }[] {
  const caught = new Map<string, { property: string; bugs: string[]; hits: number }>();
  for (const { bug, properties } of rows)
    for (const { property, count } of properties) {
      const known = caught.get(property) ?? { property, bugs: [], hits: 0 };
      known.bugs.push(bug);
      known.hits += count;
      caught.set(property, known);
    }
  return [...caught.values()].sort((a, b) => b.bugs.length - a.bugs.length || (a.property < b.property ? -1 : 1));
}

/** With those that were never the first, and of how many bugs each saw something later. */
function everyProperty(
  rows: readonly MatrixLine[],
  shown: ReadonlyMap<string, readonly string[]>,
): { property: string; bugs: readonly string[]; later: number; shown: number }[] {
  const first = byProperty(rows).map(({ property, bugs }) => ({ property, bugs }));
  const others = [...new Set([...rows.flatMap(({ later }) => later), ...shown.keys()])]
    .filter((name) => first.every(({ property }) => property !== name))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((property) => ({ property, bugs: [] }));
  return [...first, ...others].map((entry) => ({
    ...entry,
    later: rows.filter(({ later }) => later.includes(entry.property)).length,
    shown: shown.get(entry.property)?.length ?? 0,
  }));
}

/** The page docs/MATRIX.md. */
export function matrixMarkdown(
  rows: readonly MatrixLine[],
  about: {
    readonly command: string;
    readonly machine: string;
    readonly trouble: readonly string[];
    /** Properties that the museum's own schedules break, and of which bugs. */
    readonly shown: ReadonlyMap<string, readonly string[]>;
  },
): string[] {
  return [
    '# How soon each known bug is found',
    '',
    `Made by \`${about.command}\` on ${about.machine}.`,
    '',
    'Each bug is one deviation on top of `corrected`, searched for by random plans that know nothing of it, one thread a seed.',
    'Times are CPU time of the searching thread to the first violation that `corrected` does not show under the same plan. One',
    'event is one packet, disk write, timer or turn of a thread; a run has some hundreds of them.',
    '*Shrunk* is the median of the first three seeds: steps that the scenario has left, and events in the causal chain.',
    '',
    '| bug | seeds | median runs | median events | median | worst | shrunk: steps, chain, time | first to speak |',
    '| --- | --: | --: | --: | --: | --: | --- | --- |',
    ...rows.map((row) => {
      const shrunk =
        row.shrunkEvents === null ? '' : `${row.shrunkSteps ?? 0}, ${row.shrunkEvents}, ${ms(row.shrinkMs ?? 0)}`;
      return (
        `| ${row.bug} | ${row.hits}/${row.seeds} | ${thousands(row.medianRuns)} | ${thousands(row.medianEvents)} | ` +
        `${ms(row.medianMs)} | ${worst(row)} | ${shrunk} | ${spokeWords(row)} |`
      );
    }),
    '',
    ...(about.trouble.length === 0
      ? ['Every bug was found, and `corrected` was silent.']
      : ['What is not as it should be:', '', ...about.trouble.map((what) => `- ${what}`)]),
    '',
    '## Which property caught what',
    '',
    'The first to speak; a run that goes on shows more to others, and so does the schedule that the museum has for the bug.',
    '',
    '| property | first | which | also, later in the same runs | in the museum |',
    '| --- | --: | --- | --: | --: |',
    ...everyProperty(rows, about.shown).map(
      ({ property, bugs, later, shown }) =>
        `| ${property} | ${bugs.length} | ${bugs.join(', ')} | ${later} | ${shown} |`,
    ),
    '',
    '## Beside what others have published',
    '',
    'Their times are wall time on their machines, of model checkers at the granularity of actions: most of these specifications',
    'take election and discovery as one step, so their depths are not depths in packets. Ours run an implementation packet by',
    'packet. Sources: Remix (EuroSys 2025, table 4), zookeeper-tla-spec (test specifications), SandTable (EuroSys 2024, table 2).',
    '',
    '| bug | tool | time | depth | states | here, median | worst |',
    '| --- | --- | --: | --: | --: | --: | --: |',
    ...PUBLISHED.map(({ bug, tool, time, depth, states }) => {
      const row = rows.find((each) => each.bug === bug);
      const here = row === undefined ? '' : row.found ? ms(row.medianMs) : 'missed';
      return `| ${bug} | ${tool} | ${time} | ${depth} | ${states} | ${here} | ${row === undefined ? '' : worst(row)} |`;
    }),
  ];
}
