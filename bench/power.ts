import { planOf } from '../fuzz/plans.ts';
import { PROPERTIES } from '../properties/index.ts';
import { BUGS } from '../sim/zab/bugs/index.ts';
import type { Plan } from '../sim/search/plan.ts';
import { runPlan } from '../sim/search/run-plan.ts';
import { median } from './measure.ts';

/** How soon the plans of the fuzzer find something:
 *  `node scripts/run.mjs bench/power.ts [NAME,NAME,...|all] [SEEDS] [SECONDS] [STRATEGY]`.
 *  For each bug or release and each seed: runs and CPU seconds to the first violation, on one core. What the same plan
 *  shows on `corrected` too is no merit of the bug. */

interface Hit {
  readonly runs: number;
  readonly seconds: number;
  readonly property: string | null;
  readonly index: number;
  readonly events: number;
}

function firstHit(release: string, seed: string, limit: number, strategy: 'swarm' | 'pct' | 'pos'): Hit {
  const started = process.cpuUsage();
  const seconds = (): number => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1_000_000;
  };
  let events = 0;
  for (let index = 0; ; index++) {
    const plan = planOf(seed, index, { release, strategy });
    const { failure, report } = runPlan(plan, { properties: PROPERTIES, hash: false });
    events += report.events;
    if (failure !== null && (release === 'corrected' || fingerprintOn('corrected', plan) !== failure.fingerprint))
      return { runs: index + 1, seconds: seconds(), property: failure.property, index, events };
    if (index % 16 === 0 && seconds() > limit)
      return { runs: index + 1, seconds: seconds(), property: null, index, events };
  }
}

function fingerprintOn(release: string, plan: Plan): string | undefined {
  const same = { ...plan, scenario: { ...plan.scenario, release } };
  return runPlan(same, { properties: PROPERTIES }).failure?.fingerprint;
}

const [names = 'all', seeds = '3', limit = '20', strategy = 'swarm'] = process.argv.slice(2);
const wanted = names === 'all' ? BUGS.map(({ name }) => name) : names.split(',');
for (const release of wanted) {
  const bug = BUGS.find(({ name }) => name === release);
  const hits = Array.from({ length: Number(seeds) }, (_, i) =>
    firstHit(release, `power-${i}`, Number(limit), strategy === 'pct' || strategy === 'pos' ? strategy : 'swarm'),
  );
  const found = hits.filter(({ property }) => property !== null);
  const tally = new Map<string, number>();
  for (const { property } of found) tally.set(property ?? '', (tally.get(property ?? '') ?? 0) + 1);
  const spoke = [...tally].map(([name, count]) => `${name}${bug?.breaks.includes(name) === false ? '!' : ''} ${count}`);
  const perSecond = hits.reduce((sum, { runs }) => sum + runs, 0) / hits.reduce((sum, hit) => sum + hit.seconds, 0);
  const perRun = hits.reduce((sum, { events }) => sum + events, 0) / hits.reduce((sum, { runs }) => sum + runs, 0);
  console.log(
    `${release.padEnd(42)} ${found.length}/${hits.length}` +
      ` runs ${String(median(hits.map(({ runs }) => runs))).padStart(6)}` +
      ` ${median(hits.map((hit) => hit.seconds))
        .toFixed(2)
        .padStart(6)} s` +
      ` worst ${Math.max(...hits.map((hit) => hit.seconds)).toFixed(1)}` +
      ` | ${perSecond.toFixed(0)}/s ${perRun.toFixed(0)} ev | ${spoke.join(', ')}`,
  );
}
