import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isConform, judge } from '../../conformance/play.ts';
import { parseRecord } from '../../conformance/record.ts';
import { formatDifferences, formatMistakes, formatTable } from '../../conformance/table.ts';
import { forLibrary } from './library.ts';
import { casePlanOf, randomPlan, unplayable } from './plans.ts';
import { playReal, type CasePlan } from './player.ts';
import { findInstallation } from './servers.ts';

/** Plays a case on real servers, and puts beside it what the simulator does: docs/REAL-ENSEMBLE.md.
 *  Exit code 0: they agree. 1: they differ. 2: bad usage or input, or there is no Java or no ZooKeeper. */

const USAGE = `usage: npm run real-ensemble -- FILE [options]
       npm run real-ensemble -- --random KIND --seed N [--length N] [options]

FILE is a record, a case without results, or a list of requests.
KIND is data, watches, sessions, quotas, pipelines or servers.

  --zookeeper DIR  an unpacked release; otherwise Debian's package
  --release NAME   the simulator's release; 3.8.0
  --out FILE       keep what the real ensemble did, as a record
  --client NAME    wire (its own client), or library (node-zookeeper-client)
  --keep           leave the servers' directories behind`;

const OPTIONS = {
  random: { type: 'string' },
  seed: { type: 'string', default: '1' },
  length: { type: 'string' },
  zookeeper: { type: 'string' },
  release: { type: 'string', default: '3.8.0' },
  out: { type: 'string' },
  client: { type: 'string', default: 'wire' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

function refuse(why: string): number {
  process.stderr.write(`${why}\n`);
  return 2;
}

async function main(args: string[], stop: AbortController): Promise<number> {
  let values: Options;
  let positionals: readonly string[];
  try {
    ({ values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true }));
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const plan = planFrom(values, positionals[0]);
  if (typeof plan === 'string') return refuse(plan);
  const cannot = unplayable(plan);
  if (cannot.length > 0) return refuse(`not played on real servers: ${cannot.join(', ')}`);
  const installation = findInstallation(values.zookeeper);
  if (installation === null)
    return refuse(
      `There is no Java, or no ZooKeeper${values.zookeeper === undefined ? '' : ` in ${values.zookeeper}`} here.\n` +
        'On Debian: apt-get install zookeeper. Elsewhere: unpack a release, and name it with --zookeeper DIR.',
    );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(signal)));
  const { keep, client: through } = values;
  if (through !== 'wire' && through !== 'library') return refuse(`there is no client ${through}\n\n${USAGE}`);
  const played = through === 'library' ? forLibrary(plan) : plan;
  const record = await playReal(played, installation, { through, keep, signal: stop.signal });
  const text = JSON.stringify(record);
  if (values.out !== undefined) writeFileSync(values.out, `${text}\n`);
  return compare(text, values.release);
}

function planFrom(values: Options, file: string | undefined): CasePlan | string {
  if (values.random !== undefined) {
    const [seed, length] = [Number(values.seed), values.length === undefined ? undefined : Number(values.length)];
    if (!Number.isInteger(seed) || (length !== undefined && !Number.isInteger(length)))
      return '--seed and --length are whole numbers';
    return randomPlan(values.random, seed, length) ?? `there is no kind ${values.random}\n\n${USAGE}`;
  }
  if (file === undefined) return USAGE;
  try {
    return casePlanOf(file, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function compare(text: string, release: string): number {
  const parsed = parseRecord('what the real ensemble did', text);
  if (parsed.kind !== 'record') {
    process.stderr.write(`${parsed.kind === 'mistakes' ? formatMistakes(parsed.mistakes) : parsed.name}\n`);
    return 2;
  }
  const verdict = judge(parsed.record, release);
  const details = formatDifferences(verdict);
  process.stdout.write(`ZooKeeper ${parsed.record.zookeeper}, and here ${release}\n${formatTable([verdict])}\n`);
  if (details !== '') process.stdout.write(`\n${details}\n`);
  return isConform(verdict) ? 0 : 1;
}

/** Interrupted: as a shell tells it. */
const INTERRUPTED = 130;

const stop = new AbortController();
try {
  process.exitCode = await main(process.argv.slice(2), stop);
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.stderr.write('interrupted; the servers are stopped\n');
  process.exitCode = INTERRUPTED;
}
