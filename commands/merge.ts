import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkWritable, OutFolder, writeWhole } from '../fuzz/files.ts';
import { mergeReports } from '../fuzz/merge.ts';
import { FUZZ_REPORT_FORM, fuzzReportForm, type FuzzReport } from '../report/fuzz-report.ts';
import { fuzzLines } from '../report/fuzz-text.ts';
import { printable, shellWord } from '../report/text.ts';
import { VERSION } from '../report/version.ts';
import { type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { fuzzExitCode } from './fuzz.ts';
import type { Terminal } from './terminal.ts';

export interface MergeOptions {
  readonly out?: string;
  readonly json?: true;
  readonly junit?: string;
  readonly failOnUnreached?: true;
}

/** `zabsim merge`: the reports of all shards as the one that an unsharded run would have given. */
export async function merge(paths: readonly string[], options: MergeOptions, terminal: Terminal): Promise<ExitCode> {
  const { out, junit } = options;
  const folder = out === undefined ? null : new OutFolder(out);
  if (out !== undefined) orUsage(`--out ${out}`, () => folder?.prepare());
  if (junit !== undefined) orUsage(`--junit ${junit}`, () => checkWritable(junit));
  const joined = mergeReports(paths.map((path) => ({ path, report: readReport(path) })));
  if ('refused' in joined) throw new UsageError(joined.refused);
  const report = folder === null ? joined.merged : withFiles(joined.merged, folder);
  if (out !== undefined) orUsage(`--out ${out}`, () => folder?.write('report.json', JSON.stringify(report)));
  if (junit !== undefined) {
    const { junitText } = await import('../fuzz/junit.ts');
    orUsage(`--junit ${junit}`, () => writeWhole(junit, junitText(report)));
  }
  if (options.json === true) terminal.print(JSON.stringify(report, null, 2));
  else terminal.print(...fuzzLines(report, { paint: terminal.paint, out: out ?? null }));
  return fuzzExitCode(report, options.failOnUnreached === true);
}

/** Shards were played elsewhere: their scenarios travel within the reports, and are written here. */
function withFiles(report: FuzzReport, folder: OutFolder): FuzzReport {
  const failures = report.failures.map((failure) => {
    const { file, scenario, shrunkSeed } = failure;
    if (file === null || scenario === null) return failure;
    const here = folder.write(join('failures', file.split(/[/\\]/).at(-1) ?? file), scenario);
    const seed = shrunkSeed === null || shrunkSeed === '1' ? '' : ` --seed ${shellWord(shrunkSeed)}`;
    return { ...failure, file: here, reproduce: `zabsim run ${shellWord(here)}${seed}` };
  });
  return { ...report, failures };
}

/** A report, or a folder that holds one. */
function readReport(path: string): FuzzReport {
  const file = existsSync(join(path, 'report.json')) ? join(path, 'report.json') : path;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const trouble = fileTrouble(error) ?? 'it is not JSON, or it is cut short';
    throw new UsageError([`${file}: ${trouble}`]);
  }
  const old = versionTrouble(json);
  if (old !== undefined) throw new UsageError([`${file}: ${old}`]);
  const parsed = fuzzReportForm.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError([
    `${file}: it is not a report of zabsim fuzz`,
    printable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`),
  ]);
}

/** What has changed since a report was written, as far as it concerns its reader. */
function versionTrouble(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('form' in json)) return undefined;
  if (json.form === FUZZ_REPORT_FORM) return undefined;
  const version = 'version' in json ? printable(String(json.version), 20) : 'unknown';
  return (
    `its form is ${printable(String(json.form), 20)}, of zabsim ${version}; ` +
    `zabsim ${VERSION} reads form ${FUZZ_REPORT_FORM}: play the shard again`
  );
}

function orUsage(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UsageError([`${what}: ${fileTrouble(error) ?? String(error)}`]);
  }
}
