import type { Action, Fact, Scenario } from '../scenario.ts';

/** The same scenario as a file would say it: what means nothing has the value that a file gives it (the value of a call that
 *  writes nothing, the order of facts and clocks), so that writing it and reading it again changes nothing. */
export function canonicalScenario(scenario: Scenario): Scenario {
  const [first] = scenario.timeline;
  // The step that starts servers at the very beginning is no step of the file.
  const unwritten =
    first !== undefined &&
    first.action.kind === 'start' &&
    first.label === null &&
    first.moment.kind === 'at' &&
    first.moment.at === 0
      ? 1
      : 0;
  return {
    ...scenario,
    disk: { ...scenario.disk, own: [...scenario.disk.own].sort((a, b) => a.server - b.server) },
    clocks: [...scenario.clocks].sort((a, b) => a.server - b.server),
    timeline: scenario.timeline.map((step, index) => ({
      ...step,
      action: canonicalAction(step.action, index - unwritten + 1),
    })),
    expect: {
      ...scenario.expect,
      facts: scenario.expect.facts
        .map((fact, index) => ({ fact, index }))
        .sort((a, b) => rank(a.fact) - rank(b.fact) || serverOf(a.fact) - serverOf(b.fact) || a.index - b.index)
        .map(({ fact }) => fact),
    },
  };
}

/** `place`: of the step in the file, from 1. */
function canonicalAction(action: Action, place: number): Action {
  switch (action.kind) {
    case 'read':
      return { ...action, value: place };
    case 'sync':
      return { ...action, key: 'x', value: place };
    case 'openSession':
    case 'closeSession':
      return { ...action, key: 'x', value: place, times: 1 };
    default:
      return action;
  }
}

const ORDER: readonly Fact['kind'][] = [
  'leader',
  'leaders',
  'epoch',
  'lastZxid',
  'server',
  'elected',
  'sync',
  'fenced',
  'value',
  'outcome',
  'seen',
];

function rank(fact: Fact): number {
  return ORDER.indexOf(fact.kind);
}

function serverOf(fact: Fact): number {
  return fact.kind === 'server' || fact.kind === 'elected' ? fact.server : 0;
}
