import { formatMistake, type Mistake } from './record.ts';
import { isEqual, type Compared, type Difference } from './compare.ts';
import { comparedOf, isConform, SEED, type Verdict } from './play.ts';

/** The result as text: a table, then every difference. */

/** Short, so that a line has 80 columns with the longest names there are. */
const HEADINGS = ['case', 'seen', 'elected', 'syncs', 'facts', 'verdict'] as const;
const NAME = 34;

export function formatTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => [
    verdict.name.length <= NAME ? verdict.name : `${verdict.name.slice(0, NAME - 3)}...`,
    ...[verdict.observations, verdict.elections, verdict.syncs, verdict.facts].map(share),
    wordOf(verdict),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [HEADINGS, ...rows].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const conform = verdicts.filter(isConform).length;
  const elsewhere = verdicts.filter((verdict) => wordOf(verdict) === 'equal *');
  const seeds = elsewhere.map(({ name, seed }) => `* ${name}: under seed ${seed}`);
  return [...lines, ...seeds, '', `${conform} of ${verdicts.length} records agree.`].join('\n');
}

function share(compared: readonly Compared[]): string {
  return `${compared.filter(isEqual).length}/${compared.length}`;
}

function wordOf(verdict: Verdict): string {
  if (verdict.notPlayed.length > 0) return 'not played';
  if (!isConform(verdict)) return 'differs';
  return verdict.seed === SEED ? 'equal' : 'equal *';
}

/** So many differences of a record are shown; one cause can have thousands. */
const SHOWN = 40;

/** Differences of one record, the ones that count first; and what could not be compared. */
export function formatDifferences(verdict: Verdict): string {
  const lines: string[] = verdict.notPlayed.map((reason) => `  not played: ${reason}`);
  const differences = comparedOf(verdict).flatMap((compared) => compared.differences);
  const stable = differences.filter((each) => !each.unstable).map((each) => `  ${formatDifference(each)}`);
  const unstable = differences
    .filter((each) => each.unstable)
    .map((each) => `  ${formatDifference(each)}  (not stable in the record)`);
  lines.push(...shorten(stable), ...shorten(unstable));
  if (verdict.notExpressed.length > 0) lines.push(`  not compared: ${verdict.notExpressed.join(', ')}`);
  return lines.length === 0 ? '' : [verdict.name, ...lines].join('\n');
}

function shorten(lines: readonly string[]): readonly string[] {
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `  ... and ${lines.length - SHOWN} more`];
}

function formatDifference(difference: Difference): string {
  return `${difference.path}: real ${JSON.stringify(difference.real)}, ours ${JSON.stringify(difference.ours)}`;
}

export function formatMistakes(mistakes: readonly Mistake[]): string {
  return mistakes.map(formatMistake).join('\n');
}
