import { writeScenario } from '../scenarios/write.ts';
import type { Scenario } from '../sim/scenario.ts';
import { enumerate } from './text.ts';
import { VERSION } from './version.ts';

/** A test for vitest that plays the scenario under the seed, and fails unless it ends as the scenario says: the scenario is in
 *  it as text, so that it needs no file beside it. */
export function emitVitest(scenario: Scenario, seed: string): string {
  const { verdict, properties } = scenario.expect;
  const broken = properties.length === 0 ? 'a property' : enumerate(properties);
  const ending = verdict === 'pass' ? 'every property holds' : `violates ${broken}`;
  // A file elsewhere would look for the schema in vain.
  const text = writeScenario(scenario).replace(/^# yaml-language-server:.*\n/, '');
  return [
    `// Made by zabsim ${VERSION}.`,
    `import { test } from 'vitest';`,
    `import { expectAsWritten, scenarioOf } from 'zabsim';`,
    '',
    `const SCENARIO = \`\\`,
    `${escaped(text).trimEnd()}`,
    '`;',
    '',
    `test(${quoted(`${scenario.title}: ${ending}, seed ${seed}`)}, () => {`,
    `  expectAsWritten({ scenario: scenarioOf(SCENARIO, ${quoted(`${scenario.name}.yaml`)}), seed: ${quoted(seed)} });`,
    '});',
    '',
  ].join('\n');
}

/** For the inside of a template. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', ' ')}'`;
}
