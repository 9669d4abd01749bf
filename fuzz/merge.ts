import type { FuzzReport } from '../report/fuzz-report.ts';
import { fuzzReport, type Detail } from './report.ts';
import { tallyOf } from './report.ts';
import { absorb, newTally } from './tally.ts';

/** The reports of shards as one: what an unsharded run would have reported, wall time aside. Or why they do not belong
 *  together. */
export function mergeReports(
  reports: readonly { readonly path: string; readonly report: FuzzReport }[],
): { readonly merged: FuzzReport } | { readonly refused: readonly string[] } {
  const [head] = reports;
  if (head === undefined) return { refused: ['there is nothing to merge'] };
  const refused = reports.flatMap(({ path, report }) => mismatch(head, path, report));
  if (refused.length > 0) return { refused };
  const gaps = shardTrouble(reports);
  if (gaps.length > 0) return { refused: gaps };

  const tally = newTally();
  for (const { report } of reports) absorb(tally, tallyOf(report));
  const details = new Map<string, Detail>();
  const ownFaultFiles = new Map<number, string>();
  for (const { report } of reports) {
    for (const entry of report.failures) {
      if (tally.failures.get(entry.fingerprint)?.run === entry.run) details.set(entry.fingerprint, entry);
    }
    for (const { run, file } of report.ownFaults) if (file !== null) ownFaultFiles.set(run, file);
  }
  const all = reports.map(({ report }) => report);
  const merged = fuzzReport(
    tally,
    {
      seed: head.report.seed,
      release: head.report.release,
      strategy: head.report.strategy,
      ownProperties: head.report.ownProperties,
      shards: [1],
      of: 1,
      keepGoing: head.report.keepGoing,
      limit: head.report.limit,
      ended: all.find(({ ended }) => ended === 'interrupted' || ended === 'refused')?.ended ?? head.report.ended,
      // Shards run side by side.
      wallMs: Math.max(...all.map(({ wallMs }) => wallMs)),
      end: Math.max(...all.map(({ end }) => end)),
    },
    { details, ownFaultFiles, properties: head.report.properties.map(({ name }) => name) },
  );
  return { merged };
}

const SAME = ['version', 'seed', 'release', 'strategy', 'of', 'keepGoing'] as const;

function mismatch(
  head: { readonly path: string; readonly report: FuzzReport },
  path: string,
  report: FuzzReport,
): string[] {
  const differing = SAME.filter((key) => report[key] !== head.report[key]).map(
    (key) =>
      `${key === 'of' ? 'number of shards' : key} ${String(report[key])}, and ${head.path} has ${String(head.report[key])}`,
  );
  for (const key of ['limit', 'ownProperties'] as const)
    if (JSON.stringify(report[key]) !== JSON.stringify(head.report[key]))
      differing.push(`${key} ${JSON.stringify(report[key])}, and ${head.path} has ${JSON.stringify(head.report[key])}`);
  return differing.map((what) => `${path}: ${what}`);
}

/** Each shard must be there once. */
function shardTrouble(reports: readonly { readonly path: string; readonly report: FuzzReport }[]): string[] {
  const from = new Map<number, string>();
  const trouble: string[] = [];
  for (const { path, report } of reports)
    for (const shard of report.shards) {
      const other = from.get(shard);
      if (other !== undefined) trouble.push(`${path}: shard ${shard}/${report.of} is in ${other} too`);
      from.set(shard, path);
    }
  const of = reports[0]?.report.of ?? 1;
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((shard) => !from.has(shard));
  if (missing.length > 0)
    trouble.push(
      missing.length === 1
        ? `shard ${missing[0]}/${of} is missing`
        : `shards ${missing.map((shard) => `${shard}/${of}`).join(', ')} are missing`,
    );
  return trouble;
}
