import type { Paint } from './paint.ts';
import { withNames } from './client-words.ts';
import { explain, type ExplainOptions, type Explanation, type Told } from './explain.ts';
import {
  choiceWords,
  configWords,
  flipVerdictWords,
  otherwiseWords,
  shortFingerprint,
  stuckWords,
} from './failure-words.ts';
import type { Plan } from '../sim/search/plan.ts';
import { sideBySideLines, type Row } from './side-by-side.ts';
import { columns, count, enumerate, seconds, shellWord, table, thousands, who, wrap, zxidText } from './text.ts';
import type { Tracked } from './track.ts';
import { VERSION } from './version.ts';

/** What a failing run and its shrinking are known by, besides the plan. */
export interface FailureInput extends ExplainOptions {
  /** What shrinking took away, in words. */
  readonly removed?: readonly string[];
  /** How many other runs of the batch have the same fingerprint. */
  readonly others?: number;
  /** The scenario as a file, or its name: what the lines that reproduce it name. null: it was saved nowhere. */
  readonly file: string | null;
  /** As in a command line: `--release 3.8.0`, `--property mine.js`. */
  readonly release?: string | undefined;
  readonly property?: readonly string[] | undefined;
  /** The violation is what the scenario shows. */
  readonly expected?: boolean;
}

/** The whole report of a failing plan: what broke, the chain of causes, the deciding event beside the nearest passing run, the
 *  servers, what shrinking removed, how to see it again. Plays the plan some dozens of times. */
export function failureReport(input: FailureInput, paint: Paint): string[] {
  const explanation = explain(input);
  if (explanation === null)
    return wrap(
      `${paint.bad('NOT AGAIN')}  the plan does not fail as it is said to: ${input.failure.violation.why}. ` +
        'Something outside the plan had a say.',
    );
  return explanationLines(explanation, input, paint);
}

/** At so many columns the text of a section begins. */
const HANG = 16;

export function explanationLines(
  explanation: Explanation,
  extras: Pick<FailureInput, 'removed' | 'others' | 'file' | 'release' | 'property' | 'expected'>,
  paint: Paint,
): string[] {
  const { failure, report } = explanation;
  const { violation } = failure;
  const label = extras.expected === true ? paint.good('VIOLATED, AS EXPECTED') : paint.bad('FAIL');
  return [
    '',
    ...wrap(
      `${label}  ${paint.title(violation.property)}  at ${seconds(violation.at)}, ` +
        `event ${thousands(violation.event)} of ${thousands(report.traceEvents)}`,
    ),
    '',
    ...section('What broke', withNames(violation.why, explanation.told.scenario.clients)),
    ...wrap(paint.dim(`${explanation.about} (${explanation.source})`), ' '.repeat(HANG), HANG),
    ...alsoBroken(explanation),
    '',
    ...whyLines(explanation, paint),
    '',
    ...decidingLines(explanation, paint),
    ...besideLines(explanation, paint),
    '',
    ...serverLines(explanation, paint),
    '',
    ...shrinkingLines(extras),
    ...section('Config', configWords(explanation.plan.scenario, explanation.plan.features)),
    ...section('Fingerprint', fingerprintWords(failure.fingerprint, extras.others)),
    ...reproduceLines(explanation, extras, paint),
  ];
}

function section(title: string, text: string): string[] {
  return wrap(text, `  ${title}`.padEnd(HANG), HANG);
}

function alsoBroken({ report, failure, told }: Explanation): string[] {
  const others = report.violations.filter(({ property }) => property !== failure.property);
  return others.flatMap(({ property, why }) => [
    '',
    ...section('And', `${property}: ${withNames(why, told.scenario.clients)}`),
  ]);
}

// ── the chain

const CHAIN_LINES = 25;
/** What lies further back than so many events, and before the chain, is another story. */
const NEAR = 200;

function whyLines(explanation: Explanation, paint: Paint): string[] {
  const { stuck, chain } = explanation;
  if (stuck !== null) {
    const { title, lines } = stuckWords(stuck);
    return [...section('Why', title), ...lines.flatMap((line) => wrap(line, ' '.repeat(HANG + 2), HANG + 4))];
  }
  if (chain.length === 0) return section('Why', 'the events that led here are no longer held');
  const marked = withMarked(explanation);
  let lines = chainLines(explanation, marked, paint);
  // What lies furthest back goes first, but for what is marked.
  while (lines.length > CHAIN_LINES) {
    const least = marked.findIndex(
      ({ index }) => index !== explanation.deciding?.index && index !== explanation.deviation?.index,
    );
    if (least < 0 || marked.length <= 3) break;
    marked.splice(least, 1);
    lines = chainLines(explanation, marked, paint);
  }
  return lines;
}

/** The chain, and in it the deciding event, and the one that `corrected` does not have if it lies between. */
function withMarked({ chain, deciding, deviation, failure }: Explanation): Told[] {
  const all = [...chain];
  const add = (told: Told): void => {
    if (told.index < failure.violation.event && !all.some(({ index }) => index === told.index)) all.push(told);
  };
  if (deciding !== null) add(deciding);
  const [first] = chain;
  const near = failure.violation.event - NEAR;
  if (deviation !== null && first !== undefined && deviation.index > Math.min(first.index, near)) add(deviation);
  return all.sort((a, b) => a.index - b.index);
}

function chainLines(explanation: Explanation, causes: readonly Told[], paint: Paint): string[] {
  return causes.flatMap(({ index, event, words }, i) => {
    const time = seconds(event.at).padStart(10);
    const mark = markOf(explanation, index, paint);
    const said = withNames(words, explanation.told.scenario.clients);
    return wrap(`${said} ${paint.dim(`#${index}`)}`, `${i === 0 ? '  Why ' : '      '}${mark}${time}  `, 20);
  });
}

/** `=>` breaks the property, `*` decided, `!` is what the behaviour does and `corrected` does not. */
function markOf({ deciding, deviation, failure }: Explanation, index: number, paint: Paint): string {
  if (index === failure.violation.event) return paint.bad('=>');
  if (index === deciding?.index) return paint.looking(index === deviation?.index ? '*!' : ' *');
  return index === deviation?.index ? paint.fence(' !') : '  ';
}

// ── the deciding event

function decidingLines({ nearest, plan, told, deciding, deviation }: Explanation, paint: Paint): string[] {
  if (nearest === null) return section('Deciding', 'the run is too long to be played again and again');
  const { scenario } = told;
  const lines: string[] = [];
  const flip = nearest.deciding;
  if (flip === null || deciding === null)
    lines.push(
      ...section(
        'Deciding',
        nearest.flips.length === 0
          ? 'nothing from outside: it fails without any fault or request'
          : `no single choice: none of ${count(nearest.flips.length, 'choice')} made otherwise makes the run pass`,
      ),
    );
  else {
    const choice = choiceWords(flip.change, scenario);
    const moment = `${seconds(deciding.event.at)}, #${deciding.index}`;
    lines.push(
      ...wrap(
        `${paint.title(choice)} (${moment}). With this ${otherwiseWords(flip.change)}, the run passes.`,
        `  Deciding ${paint.looking('*')}`.padEnd(HANG + (paint.colours ? columnsOf(paint.looking('*')) : 0)),
        HANG,
      ),
    );
  }
  const others = nearest.flips.filter((each) => each !== flip);
  const needed = others
    .filter(({ verdict }) => verdict === 'passes')
    .map(({ change }) => choiceWords(change, scenario));
  if (needed.length > 0) lines.push(...section('Needed too', listed(needed)));
  const idle = others.filter(({ verdict }) => verdict === 'alike').map(({ change }) => choiceWords(change, scenario));
  if (idle.length > 0) lines.push(...section('Not needed', listed(idle)));
  if (told !== plan) lines.push(...section('Chaos', chaosWords(plan, told)));
  if (nearest.corrected !== null)
    lines.push(...section('Corrected !', correctedWords(nearest.corrected.verdict, deviation)));
  return lines;
}

function chaosWords(plan: Plan, told: Plan): string {
  const more = told.scenario.timeline.length - plan.scenario.timeline.length + 1;
  return `is told here as ${count(more, 'single fault')}; events are counted without it`;
}

/** Escape sequences take room in a text and none on a screen. */
function columnsOf(painted: string): number {
  return painted.length - columns(painted);
}

const LISTED = 5;

function listed(words: readonly string[]): string {
  const [shown, left] = [words.slice(0, LISTED), words.length - LISTED];
  return left <= 0 ? shown.join('; ') : `${shown.join('; ')}; and ${left} more`;
}

function correctedWords(
  verdict: NonNullable<NonNullable<Explanation['nearest']>['corrected']>['verdict'],
  deviation: Explanation['deviation'],
): string {
  const parts =
    deviation === null ? '' : ` It is another run from #${deviation.index} on, where here ${deviation.words}.`;
  return verdict === 'passes'
    ? `on corrected the same plan passes.${parts}`
    : `on corrected the same plan: ${flipVerdictWords(verdict)}. It is not this behaviour alone.`;
}

function besideLines({ rows, nearest, failure, told }: Explanation, paint: Paint): string[] {
  const change = nearest?.deciding?.change;
  if (rows.length === 0 || change === undefined) return [];
  const heads: readonly [string, string] = [paint.dim('this run fails'), paint.dim(otherwiseWords(change))];
  const ends: Row = { at: failure.violation.at, failing: `=> ${failure.property}`, passing: 'every property holds' };
  const later = rows.findIndex(({ at }) => at > ends.at);
  const named = (later < 0 ? [...rows, ends] : rows.toSpliced(later, 0, ends)).map((row) => ({
    ...row,
    failing: row.failing === null ? null : withNames(row.failing, told.scenario.clients),
    passing: row.passing === null ? null : withNames(row.passing, told.scenario.clients),
  }));
  return ['', '  The nearest passing run, from the first difference on', ...sideBySideLines(named, heads)];
}

// ── the servers

function serverLines({ before, after, deciding }: Explanation, paint: Paint): string[] {
  const titles = ['server', 'state', 'acceptedEpoch', 'currentEpoch', 'applied', 'logged'];
  const moment = deciding === null ? 'before these events' : 'before the deciding event';
  return [
    `  The servers ${moment}, and (->) after the violation`,
    ...table(
      titles.map((title) => ({ title: paint.dim(title) })),
      after.flatMap((server, i) => {
        const was = before[i] ?? server;
        const [first, second] = [cells(was), cells(server)];
        const moved = second.map((cell, column) => (cell === first[column] ? '' : paint.title(cell)));
        return moved.every((cell) => cell === '')
          ? [[who(server.id), ...first]]
          : [
              [who(server.id), ...first],
              ['    ->', ...moved],
            ];
      }),
    ),
  ];
}

function cells({ state, paused, acceptedEpoch, currentEpoch, applied, logged }: Tracked): string[] {
  return [
    paused ? `${state}*` : state,
    String(acceptedEpoch),
    String(currentEpoch),
    zxidText(applied),
    zxidText(logged),
  ];
}

// ── the rest

function shrinkingLines({ removed }: Pick<FailureInput, 'removed'>): string[] {
  if (removed === undefined || removed.length === 0) return [];
  return section('Not involved', `${removed.join('; ')} (removed by shrinking)`);
}

function fingerprintWords(fingerprint: string, others: number | undefined): string {
  const same =
    others === undefined
      ? ''
      : others === 0
        ? ': no other run of this batch'
        : `: ${count(others, 'other run')} of this batch`;
  return `${shortFingerprint(fingerprint)}${same}`;
}

function reproduceLines(
  { plan, traceHash }: Explanation,
  { file, release, property = [] }: Pick<FailureInput, 'file' | 'release' | 'property'>,
  paint: Paint,
): string[] {
  const target = shellWord(file ?? plan.scenario.name);
  // Where nothing is left to chance, any seed gives the same run.
  const seed = plan.scenario.schedule.kind === 'calm' && file !== null ? '' : ` --seed ${shellWord(plan.seed)}`;
  const behaviour = release === undefined ? '' : ` --release ${shellWord(release)}`;
  const flags = `${seed}${behaviour}`;
  const judges = property.map((path) => ` --property ${shellWord(path)}`).join('');
  const test = `${
    (file ?? plan.scenario.name)
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.ya?ml$/, '') ?? 'failure'
  }.test.ts`;
  return [
    ...section('Again', paint.title(`npx zabsim run ${target}${flags}${judges}`)),
    ...(file === null ? [] : section('Check', `npx zabsim replay ${target}${flags}`)),
    ...section('As a test', `npx zabsim run ${target}${flags} --emit vitest > ${shellWord(test)}`),
    ...section('Stamp', `zabsim ${VERSION}, trace hash ${traceHash}`),
  ];
}

/** The report in a few lines, for the message of an error. */
export function shortFailure({ plan, told, failure, nearest, deciding }: Explanation): string {
  const { violation } = failure;
  const flip = nearest?.deciding ?? null;
  const lines = [
    `${violation.property} at ${seconds(violation.at)}, event ${violation.event}: ${withNames(violation.why, told.scenario.clients)}`,
    ...(flip === null || deciding === null
      ? []
      : [
          `deciding: ${choiceWords(flip.change, told.scenario)} (#${deciding.index}); ` +
            `with this ${otherwiseWords(flip.change)}, the run passes`,
        ]),
    `plan: ${enumerate(plan.features.length === 0 ? ['written by hand'] : plan.features)}; ` +
      `release ${plan.scenario.release}; seed ${plan.seed}`,
  ];
  return lines.join('\n');
}
