import { PROPERTIES } from '../properties/index.ts';
import { behaviourWords } from '../report/behaviours.ts';
import { FAULTS } from '../report/faults.ts';
import { FENCING_RULES } from '../report/fencing.ts';
import type { Paint } from '../report/paint.ts';
import {
  clientWords,
  ensembleWords,
  expectationWords,
  scheduleWords,
  settingsWords,
  stepWords,
} from '../report/scenario-words.ts';
import { reproduceLine } from '../report/summary.ts';
import { wrap } from '../report/text.ts';
import { findScenario, groupedScenarioNames } from '../scenarios/load.ts';
import { didYouMean } from '../scenarios/suggest.ts';
import { formatDuration } from '../scenarios/units.ts';
import type { Property } from '../sim/property.ts';
import { findRecipe, RECIPES } from '../sim/clients/recipes/all.ts';
import { findRelease, type Release, RELEASES } from '../sim/zab/behaviour.ts';
import { type Bug, BUGS, findBehaviour, findBug } from '../sim/zab/bugs/index.ts';
import { chooseScenario } from './choose.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import { propertySource, SCENARIOS } from './paths.ts';
import { recipePage } from './show-recipe.ts';
import type { Terminal } from './terminal.ts';

/** `zabsim show`: a scenario, a bug, a property, a release, a recipe, a fault or a rule of fencing, explained, with its source. */
export function show(name: string, terminal: Terminal): ExitCode {
  const { paint } = terminal;
  const property = PROPERTIES.find((candidate) => candidate.name === name);
  const bug = findBug(name);
  const release = findRelease(name);
  const recipe = findRecipe(name);
  const fault = FAULTS.find((candidate) => candidate.name === name);
  const rule = Object.entries(FENCING_RULES).find(([candidate]) => candidate === name);
  if (property !== undefined) terminal.print(...propertyPage(property, paint));
  else if (bug !== undefined) terminal.print(...bugPage(bug, paint));
  else if (release !== undefined) terminal.print(...releasePage(release, paint));
  else if (recipe !== undefined) terminal.print(...recipePage(recipe, paint));
  else if (fault !== undefined) terminal.print(paint.title(`fault ${fault.name}`), ...wrap(fault.about, '  '));
  else if (rule !== undefined)
    terminal.print(
      paint.title(`rule ${rule[0]}`),
      ...wrap(rule[1].about, '  '),
      ...wrap(rule[1].source, '  source: ', 10),
    );
  else terminal.print(...scenarioPage(name, paint));
  return EXIT.asExpected;
}

function scenarioPage(name: string, paint: Paint): string[] {
  const file = findScenario(name, SCENARIOS);
  if (file === undefined) {
    const names = [
      ...groupedScenarioNames(SCENARIOS),
      ...BUGS.map((known) => known.name),
      ...PROPERTIES.map((known) => known.name),
      ...RELEASES.map((known) => known.name),
      ...RECIPES.map(({ program }) => program.name),
      ...FAULTS.map((known) => known.name),
      ...Object.keys(FENCING_RULES),
    ];
    throw new UsageError([`nothing is named "${name}"${didYouMean(name, names)}`, 'zabsim list shows every name']);
  }
  const scenario = chooseScenario(name);
  const schedule = scheduleWords(scenario);
  const lines = [
    ...wrap(paint.title(scenario.title)),
    '',
    ...wrap(scenario.teaches.trim().replaceAll(/\s+/g, ' '), '  '),
    '',
    ...wrap(ensembleWords(scenario), '  ensemble  '),
    ...wrap(settingsWords(scenario), '  zoo.cfg   '),
    ...wrap(scenario.release, '  release   '),
    ...(schedule === null ? [] : wrap(schedule, '  schedule  ')),
    ...scenario.clients.flatMap((client) => wrap(clientWords(client), '  client    ')),
  ];
  if (scenario.network.assumption === 'datagram')
    lines.push(...wrap('the quorum plane loses, duplicates and reorders packets: a lab', '  network   '));
  lines.push('', paint.title('  timeline'));
  for (const { when, what } of scenario.timeline.map(stepWords)) {
    if (when.length <= 8) lines.push(...wrap(what, `  ${when.padStart(8)}  `, 12));
    else lines.push(...wrap(`${when}:`, '            ', 12), ...wrap(what, '              ', 14));
  }
  if (scenario.calmAt !== null)
    lines.push(...wrap('calm: everything is mended and started', `  ${formatDuration(scenario.calmAt).padStart(8)}  `));
  lines.push(`  ${formatDuration(scenario.endAt).padStart(8)}  end`, '', paint.title('  expected'));
  for (const line of expectationWords(scenario)) lines.push(...wrap(line, '    '));
  lines.push('', ...wrap(file, '  source  '), ...wrap(reproduceLine(name, '1', null), '  run     '));
  return lines;
}

function propertyPage(property: Property, paint: Paint): string[] {
  const kind = property.kind === 'always' ? 'always: never violated' : 'eventually: true once faults have stopped';
  const path = propertySource(property.name);
  return [
    paint.title(`property ${property.name}`),
    ...wrap(property.about, '  '),
    '',
    ...wrap(kind, '  kind      '),
    ...wrap(property.observes.join(', '), '  observes  '),
    ...wrap(property.source, '  after     '),
    ...wrap(path, '  source    '),
  ];
}

function bugPage(bug: Bug, paint: Paint): string[] {
  const behaviour = findBehaviour(bug.name);
  const points = behaviour === undefined ? [] : behaviourWords(behaviour, findRelease('corrected')?.behaviour);
  const scenario = findScenario(`bugs/${bug.name}`, SCENARIOS);
  return [
    ...wrap(paint.title(`bug ${bug.name}: ${bug.title}`)),
    ...wrap(bug.about, '  '),
    '',
    ...wrap(bug.kind, '  kind      '),
    ...(bug.also.length === 0 ? [] : wrap(bug.also.join(', '), '  also      ')),
    ...wrap(bug.affects, '  affects   '),
    ...wrap(bug.fixed ?? 'not mended', '  fixed     '),
    ...wrap(bug.releases.length === 0 ? 'none of those that can be run' : bug.releases.join(', '), '  releases  '),
    ...wrap(bug.breaks.join(', '), '  breaks    '),
    '',
    '  Where it differs from corrected:',
    ...points.flatMap((point) => wrap(point, '  - ')),
    '',
    ...(scenario === undefined ? [] : wrap(`zabsim run bugs/${bug.name}`, '  see it    ')),
    ...wrap(`zabsim fuzz --bug ${bug.name}`, '  find it   '),
  ];
}

function releasePage(release: Release, paint: Paint): string[] {
  const corrected = findRelease('corrected');
  const own = release.name === 'corrected' ? undefined : corrected?.behaviour;
  const points = behaviourWords(release.behaviour, own);
  const lines = [paint.title(`release ${release.name}`), ...wrap(release.about, '  '), ''];
  lines.push(own === undefined ? '  What it does where releases differ:' : '  Where it differs from corrected:');
  for (const point of points) lines.push(...wrap(point, '  - '));
  const source =
    release.name === 'corrected'
      ? 'the master branch of apache/zookeeper, mended'
      : `tag release-${release.name} of apache/zookeeper`;
  lines.push('', ...wrap(`${source}; here sim/zab/behaviour.ts`, '  source  '));
  return lines;
}
