import { SCENARIOS } from '../commands/paths.ts';
import { PROPERTIES } from '../properties/index.ts';
import { loadScenario, scenarioNames } from '../scenarios/load.ts';
import { run } from '../sim/run.ts';

/** `npm run soak -- RUNS [FROM]`: so many runs, dealt to the scenarios in turn, each under a seed of its own. Whatever a
 *  scenario's facts say of its own seeds, no property may break on `corrected`. Exit 1 if one does. */
const [runs = '1000', from = '1'] = process.argv.slice(2);
const scenarios = scenarioNames(SCENARIOS).flatMap((name) => {
  const loaded = loadScenario(name, SCENARIOS);
  if (!('scenario' in loaded)) throw new Error(`${name} cannot be read`);
  const { scenario } = loaded;
  return scenario.release === 'corrected' && scenario.expect.verdict === 'pass' ? [scenario] : [];
});
let events = 0;
let broken = 0;
let undecided = 0;
const started = process.cpuUsage();
for (let i = Number(from); i < Number(from) + Number(runs); i++) {
  const scenario = scenarios[i % scenarios.length]!;
  const report = run(scenario, String(i), { properties: PROPERTIES });
  events += report.events;
  if (report.properties.some(({ excused }) => excused !== null)) undecided++;
  if (report.verdict === 'pass') continue;
  broken++;
  const what = report.violations.map(({ property, why, at }) => `${property} at ${at}: ${why}`).join('; ');
  console.log(`${report.verdict}  npx zabsim run ${scenario.name} --seed ${i}   ${what}`);
}
const { user, system } = process.cpuUsage(started);
console.log(
  `${runs} runs of ${scenarios.length} scenarios, ${events} events, ${((user + system) / 1e6).toFixed(1)} s of CPU: ` +
    `${broken} broke a property, ${undecided} ended before progress could be judged`,
);
process.exitCode = broken === 0 ? 0 : 1;
