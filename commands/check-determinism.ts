import { thousands, wrap } from '../report/text.ts';
import { scenarioNames } from '../scenarios/load.ts';
import { chooseScenario, chooseSeed } from './choose.ts';
import { type Difference, differenceLines, differs } from './difference.ts';
import { drive } from './drive.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import { SCENARIOS } from './paths.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Terminal } from './terminal.ts';

export interface DeterminismOptions {
  readonly seeds: string;
  readonly seed: string;
  readonly release?: string;
}

const MOST_SEEDS = 1_000_000;

/** `zabsim check-determinism`: plays each scenario twice under each seed; the trace hashes must be equal. */
export async function checkDeterminism(
  names: readonly string[],
  options: DeterminismOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { paint } = terminal;
  const scenarios = (names.length === 0 ? scenarioNames(SCENARIOS) : names).map((name) =>
    chooseScenario(name, options.release),
  );
  const seeds = seedsFrom(options);
  let runs = 0;
  let different = 0;
  for (const scenario of scenarios) {
    const hashes: string[] = [];
    for (const seed of seeds) {
      terminal.progress(`${scenario.name}: seed ${seed}`);
      const first = await drive(scenario, seed);
      const second = first.interrupted ? first : await drive(scenario, seed);
      if (second.interrupted) {
        terminal.print(
          ...wrap(
            `${paint.looking('INTERRUPTED')}  ${thousands(runs)} runs played twice, ${different} of them different`,
          ),
        );
        return EXIT.interrupted;
      }
      runs++;
      hashes.push(first.report.traceHash);
      if (first.report.traceHash === second.report.traceHash) continue;
      different++;
      terminal.print(
        ...wrap(
          `${paint.bad('DIFFERENT')}  ${scenario.name}, seed ${seed}: ` +
            `${first.report.traceHash} and ${second.report.traceHash}`,
        ),
      );
      const difference = await firstDifference(scenario, seed);
      terminal.print(
        ...(difference === undefined ? ['  played twice more, it did not differ'] : differenceLines(difference, paint)),
      );
    }
    terminal.progress('');
    const last = hashes.at(-1) ?? '';
    terminal.print(
      ...wrap(
        `${scenario.name}: ${seeds.length === 1 ? last : `${thousands(seeds.length)} seeds, the last hash ${last}`}`,
      ),
    );
  }
  const all = `${thousands(runs)} runs played twice`;
  terminal.print(
    different === 0 ? `${paint.good('EQUAL')}  ${all}` : `${paint.bad('DIFFERENT')}  ${different} of ${all}`,
  );
  return different === 0 ? EXIT.asExpected : EXIT.diverged;
}

function seedsFrom(options: DeterminismOptions): string[] {
  const count = /^\d{1,7}$/.test(options.seeds) ? Number(options.seeds) : 0;
  if (count < 1 || count > MOST_SEEDS)
    throw new UsageError([`--seeds: "${options.seeds}" is not a whole number from 1 to ${MOST_SEEDS}`]);
  const first = chooseSeed(options.seed);
  if (count === 1) return [first];
  if (!/^\d+$/.test(first)) return Array.from({ length: count }, (_, i) => `${first}-${i + 1}`);
  return Array.from({ length: count }, (_, i) => (BigInt(first) + BigInt(i)).toString());
}

/** Plays both sides once more with the first one kept, and compares. */
async function firstDifference(scenario: Scenario, seed: string): Promise<Difference | undefined> {
  const kept: string[] = [];
  await drive(scenario, seed, { watch: (event) => void kept.push(JSON.stringify(event)) });
  let found: Difference | undefined;
  let seen = 0;
  await drive(scenario, seed, {
    watch: (event, index) => {
      seen++;
      found ??= differs(kept[index], event, index);
    },
  });
  return found ?? (seen < kept.length ? { index: seen, recorded: kept[seen], replayed: undefined } : undefined);
}
