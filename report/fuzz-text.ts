import { isRising, unreached, type FailureEntry, type FuzzReport } from './fuzz-report.ts';
import type { Paint } from './paint.ts';
import { count, enumerate, inColumns, pad, printable, seconds, thousands, wrap } from './text.ts';

export interface FuzzTextOptions {
  readonly paint: Paint;
  /** Where what was found was written. null: nowhere. */
  readonly out: string | null;
}

/** What a batch has shown, failures last: figures, premises, faults, situations, coverage, and then what broke. */
export function fuzzLines(report: FuzzReport, { paint, out }: FuzzTextOptions): string[] {
  return [
    ...figureLines(report, paint),
    '',
    ...propertyLines(report, paint),
    '',
    ...faultLines(report, paint),
    '',
    ...situationLines(report, paint),
    '',
    ...coverageLines(report, paint),
    ...report.failures.flatMap((failure) => ['', ...failureLines(failure, paint)]),
    ...report.ownFaults.flatMap((fault) => ['', ...ownFaultLines(fault, paint)]),
    '',
    ...verdictLines(report, paint),
    ...(out === null ? [] : wrap(out, '  written to ')),
  ];
}

function figureLines(report: FuzzReport, paint: Paint): string[] {
  const shards =
    report.of === 1 ? '' : `, shard ${report.shards.map((shard) => `${shard}/${report.of}`).join(' and ')}`;
  const perSecond = report.wallMs === 0 ? 0 : Math.round((report.events * 1000) / report.wallMs);
  const runsPerSecond = report.wallMs === 0 ? 0 : Math.round((report.runs * 1000) / report.wallMs);
  return [
    ...wrap(
      `${paint.title(count(report.runs, 'run'))} of seed ${report.seed}, release ${report.release}, ` +
        `strategy ${report.strategy}${shards}; ${ENDED[report.ended]}`,
    ),
    ...wrap(
      `${thousands(report.events)} events of ${virtual(report.virtualUs)} in ${wall(report.wallMs)}: ` +
        `${thousands(runsPerSecond)} runs and ${thousands(perSecond)} events a second`,
      '  ',
    ),
    ...(report.undecided === 0
      ? []
      : wrap(`${paint.looking(count(report.undecided, 'run'))} undecided: the event budget ended them`, '  ')),
  ];
}

const ENDED: { readonly [E in FuzzReport['ended']]: string } = {
  runs: 'all that was asked for',
  time: 'until its time was over',
  stable: 'until nothing new was reached',
  failure: 'up to the first failure',
  interrupted: 'interrupted',
  refused: 'until a property was refused',
};

function virtual(us: number): string {
  const hours = us / 3_600_000_000;
  return hours >= 1 ? `${thousands(Math.floor(hours))} h ${Math.floor((hours % 1) * 60)} min` : seconds(us);
}

function wall(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function propertyLines({ properties, failures }: FuzzReport, paint: Paint): string[] {
  const judged = properties.filter(({ premises }) => premises > 0);
  const idle = properties.filter(({ premises }) => premises === 0).map(({ name }) => name);
  const broken = new Set(failures.map(({ property }) => property));
  const width = Math.max(0, ...judged.map(({ premises }) => thousands(premises).length));
  return [
    paint.title('Properties') + `: ${judged.length} judged, each with the number of times its premise was true`,
    ...inColumns(
      judged.map(({ name, premises }) => {
        const line = `${pad(thousands(premises), width, true)} ${name}`;
        return broken.has(name) ? paint.bad(line) : line;
      }),
    ),
    ...(idle.length === 0
      ? []
      : wrap(`${paint.looking('not judged')}, since the situation never came: ${enumerate(idle)}`, '  ')),
  ];
}

function faultLines({ faults }: FuzzReport, paint: Paint): string[] {
  if (faults.length === 0) return wrap(`${paint.title('Faults')}: none were asked for.`);
  const words = faults.map(({ fault, asked, landed }) => {
    const text = `${fault} ${thousands(asked)} -> ${thousands(landed)}`;
    return landed === 0 ? paint.looking(text) : text;
  });
  return wrap(`${paint.title('Faults')}, how often asked for -> how often one had an effect: ${words.join(', ')}.`);
}

function situationLines({ situations }: FuzzReport, paint: Paint): string[] {
  const reached = situations.filter(({ runs }) => runs > 0);
  const missed = situations.filter(({ runs }) => runs === 0).map(({ situation }) => situation);
  const width = Math.max(0, ...reached.map(({ runs }) => thousands(runs).length));
  return [
    `${paint.title('Situations')}: ${reached.length} of ${situations.length} reached, each with the number of runs`,
    ...inColumns(reached.map(({ situation, runs }) => `${pad(thousands(runs), width, true)} ${situation}`)),
    ...(missed.length === 0 ? [] : wrap(`${paint.looking('not reached')}: ${enumerate(missed)}`, '  ')),
  ];
}

function coverageLines(report: FuzzReport, paint: Paint): string[] {
  const share = report.distinctStates === 0 ? 0 : (report.newInLastTenth * 100) / report.distinctStates;
  const state = isRising(report)
    ? `${paint.looking('still rising')}: the last tenth of the runs reached ${share.toFixed(1)} % of them first`
    : `flat: the last tenth of the runs reached ${share.toFixed(1)} % of them first`;
  return [
    ...wrap(`${paint.title('Coverage')}: ${count(report.distinctStates, 'distinct abstract state')}, ${state}`),
    ...wrap(
      report.curve.map(({ runs, states }) => `${thousands(states)} after ${thousands(runs)}`).join(', '),
      '  states after runs: ',
      4,
    ),
  ];
}

/** One entry for all runs that failed alike. */
function failureLines(failure: FailureEntry, paint: Paint): string[] {
  const { property, runs, why, shrunkEvents, shrunkSteps, removed } = failure;
  const many = runs.length === 1 ? `run ${runs[0]}` : `${thousands(runs.length)} runs, the first ${runs[0]}`;
  const shrunk =
    shrunkEvents === null
      ? `not shrunk: ${failure.trouble ?? 'no reason given'}`
      : `shrunk to ${count(shrunkSteps ?? 0, 'step')} and a chain of ${count(shrunkEvents, 'event')}, ` +
        `from run ${failure.run} with ${thousands(failure.events)} events, in ${wall(failure.shrinkMs)} and ` +
        `${count(failure.tries, 'try', 'tries')}`;
  return [
    ...wrap(`${paint.bad('FAIL')}  ${paint.title(property)}  ${many}`),
    ...wrap(why, '  '),
    ...wrap(shrunk, '  '),
    ...(shrunkEvents !== null && failure.trouble !== null ? wrap(paint.bad(failure.trouble), '  ') : []),
    ...(removed.length === 0 ? [] : wrap(`gone: ${removed.join('; ')}`, '  ', 4)),
    ...(runs.length === 1 ? [] : wrap(firstFew(failure), '  runs:  ', 9)),
    ...wrap(paint.title(failure.reproduce), '  again: ', 4),
  ];
}

const FEW = 12;

function firstFew({ runs }: FailureEntry): string {
  const rest = runs.length - FEW;
  return runs.slice(0, FEW).join(', ') + (rest > 0 ? ` and ${thousands(rest)} more` : '');
}

function ownFaultLines({ run, message, stack, file }: FuzzReport['ownFaults'][number], paint: Paint): string[] {
  return [
    ...wrap(`${paint.bad('FAULT OF ZABSIM')}  in run ${run}, not of the ensemble, and not of yours`),
    ...wrap(printable(message, 400), '  '),
    ...stack.map((line) => `  ${paint.dim(printable(line, 76))}`),
    ...(file === null ? [] : wrap(file, '  its plan: ')),
  ];
}

function verdictLines(report: FuzzReport, paint: Paint): string[] {
  const { failures, ownFaults, runs } = report;
  const interrupted = report.ended === 'interrupted' ? `${paint.looking('INTERRUPTED')}  ` : '';
  if (failures.length > 0) {
    const broken = enumerate([...new Set(failures.map(({ property }) => property))]);
    const failed = failures.reduce((sum, failure) => sum + failure.runs.length, 0);
    return wrap(
      `${interrupted}${paint.bad('FAIL')}  ${count(failed, 'run')} of ${thousands(runs)} failed, ` +
        `${count(failures.length, 'story', 'stories')}: ${broken}.`,
    );
  }
  if (ownFaults.length > 0)
    return wrap(
      `${interrupted}${paint.bad('FAULT OF ZABSIM')}  in ${count(ownFaults.length, 'run')} of ${thousands(runs)}.`,
    );
  const judged = report.properties.some(({ premises }) => premises > 0);
  if (!judged) return wrap(`${interrupted}${paint.looking('INCONCLUSIVE')}  nothing was judged.`);
  const gaps = unreached(report).length;
  const vacuous =
    gaps === 0
      ? ''
      : ` ${count(gaps, 'thing')} named above was never reached.`.replace(
          'things named above was',
          'things named above were',
        );
  return wrap(`${interrupted}${paint.good('PASS')}  nothing found in ${count(runs, 'run')}.${vacuous}`);
}
