import type { Who } from '../sim/scenario.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Draft, PlacedStep } from './check.ts';
import type { ReportMistake } from './ensemble.ts';
import { isWhomStep, type StepFields } from './steps.ts';
import { formatDuration } from './units.ts';

type Status = 'up' | 'paused' | 'down';

/** Actions that change whether a process runs, or ask that it does not. */
const PROCESS_ACTIONS: ReadonlySet<string> = new Set([
  'start',
  'kill',
  'stop',
  'crash',
  'pause',
  'resume',
  'wipe',
  'editEpoch',
]);

/** Finds contradictions about processes: a start of one that runs, a resume of one that was never paused.
 *  Only what is certain before the run is judged: a server that some step addresses by role, or on an event, or that
 *  chaos may hit, is left alone, but for a resume that no pause can precede. */
export function checkProcesses({ steps, ensemble, fields }: Draft, report: ReportMistake): void {
  if (ensemble === undefined) return;
  if (steps.some(({ step }) => step.do === 'chaos')) return;
  const about = steps.filter(({ step }) => PROCESS_ACTIONS.has(step.do));
  const certain = ensemble.servers.filter((id) => !about.some((placed) => mayMean(placed, id)));
  const mayExit = mayExitByItself(steps, fields);
  for (const id of certain)
    followServer(id, about, { started: ensemble.started.includes(id), calm: fields.calm, mayExit }, report);
  checkPauses(about, certain, report);
}

/** A disk that fails, or a bug, ends processes that no step has touched. */
function mayExitByItself(steps: readonly PlacedStep[], fields: Draft['fields']): boolean {
  const { bug, release = 'corrected', disk } = fields;
  if (bug !== undefined || release !== 'corrected' || (disk?.failPpm ?? 0) > 0) return true;
  return steps.some(({ step }) => step.do === 'diskFull' || step.do === 'diskFail');
}

/** Of the uncertain ones: a resume needs a pause somewhere that may concern the same server. */
function checkPauses(about: readonly PlacedStep[], certain: readonly ServerId[], report: ReportMistake): void {
  const pauses = about.filter(({ step }) => step.do === 'pause');
  for (const { index, step } of about) {
    if (step.do !== 'resume') continue;
    for (const target of targets(step)) {
      if (certain.some((id) => id === target)) continue;
      const possible = pauses.some(({ step: pause }) => {
        const paused = targets(pause);
        return (
          target === 'all' ||
          typeof target !== 'number' ||
          paused.some((other) => other === target || typeof other !== 'number')
        );
      });
      if (!possible)
        report(
          ['timeline', index],
          `${typeof target === 'number' ? `server ${target}` : target} is resumed but never paused`,
        );
    }
  }
}

function followServer(
  id: ServerId,
  about: readonly PlacedStep[],
  { started, calm, mayExit }: { started: boolean; calm: number | undefined; mayExit: boolean },
  report: ReportMistake,
): void {
  let status: Status = started ? 'up' : 'down';
  const mine = about
    .filter(({ step }) => targets(step).some((target) => target === id || target === 'all'))
    .sort((a, b) => (a.step.at ?? 0) - (b.step.at ?? 0) || a.index - b.index);
  for (const { index, step } of mine) {
    const at = step.at ?? 0;
    // At the calm every server is started and resumed.
    if (calm !== undefined && at >= calm) return;
    // A step with a label may be there for those that wait for it; a start, for a process that is gone by then.
    const objection =
      step.label === undefined && !(mayExit && step.do === 'start') ? objectionTo(step.do, status) : undefined;
    if (objection !== undefined)
      report(['timeline', index], `server ${id} is ${objection} at ${formatDuration(at)}: ${step.do} has no effect`);
    status = statusAfter(step.do, status);
  }
}

function objectionTo(action: string, status: Status): string | undefined {
  switch (action) {
    case 'start':
      return status === 'down' ? undefined : status === 'paused' ? 'only paused' : 'already running';
    case 'wipe':
    case 'editEpoch':
      return status === 'down' ? undefined : 'still running';
    case 'resume':
      return status === 'paused' ? undefined : status === 'down' ? 'down' : 'not paused';
    case 'pause':
      return status === 'up' ? undefined : status === 'paused' ? 'paused already' : 'down';
    default:
      return status === 'down' ? 'down' : undefined;
  }
}

function statusAfter(action: string, status: Status): Status {
  switch (action) {
    case 'start':
      return status === 'down' ? 'up' : status;
    case 'pause':
      return status === 'up' ? 'paused' : status;
    case 'resume':
      return status === 'paused' ? 'up' : status;
    case 'kill':
    case 'stop':
    case 'crash':
      return 'down';
    default:
      return status;
  }
}

/** True if the step concerns the server perhaps, but not for certain at a known time. */
function mayMean({ step }: PlacedStep, id: ServerId): boolean {
  const list = targets(step);
  if (list.some((target) => typeof target !== 'number' && target !== 'all')) return true;
  return step.at === undefined && list.some((target) => target === id || target === 'all');
}

function targets(step: StepFields): readonly (Who | 'all')[] {
  if (!isWhomStep(step)) return [];
  if (step.servers === 'all') return ['all'];
  return step.servers ?? (step.server === undefined ? [] : [step.server]);
}
