import type { Report, ServerRow } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import { isEndless } from '../scenarios/schema-workloads.ts';
import { sizeOf } from '../sim/zab/sets.ts';
import type { FencingLedger } from './fencing.ts';
import type { Paint } from './paint.ts';
import { roleOf } from './json.ts';
import {
  count,
  enumerate,
  inColumns,
  pad,
  seconds,
  shellWord,
  table,
  thousands,
  whoSet,
  wrap,
  zxidText,
} from './text.ts';

/** What a report needs besides the run's own. */
export interface SummaryOptions {
  readonly paint: Paint;
  readonly wallMs: number;
  /** The line that makes the same run again. */
  readonly reproduce: string;
  /** Stopped from outside before its end: nothing is decided. */
  readonly interrupted: boolean;
}

/** The lines with which a run is announced. */
export function announcement(scenario: Scenario, seed: string, paint: Paint): string[] {
  const observers = sizeOf(scenario.observers);
  const voters = scenario.servers.length - observers;
  const others = observers === 0 ? '' : ` and ${count(observers, 'observer')} (${whoSet(scenario.observers)})`;
  const ensemble = `${count(voters, 'voter')}${others}`;
  const quorum =
    scenario.verifier.kind === 'majority'
      ? `, a quorum is ${Math.floor(voters / 2) + 1}`
      : ', quorums by weight and group';
  return [
    ...wrap(paint.title(scenario.title)),
    ...wrap(scenario.teaches.trim().replaceAll(/\s+/g, ' '), '  '),
    ...wrap(paint.dim(`${scenario.name}: ${ensemble}${quorum}; release ${scenario.release}; seed ${seed}`), '  '),
    ...endlessLines(scenario, paint),
    '',
  ];
}

/** A workload without an end of its own is bounded by that of the run, and the reader is told so. */
function endlessLines({ clients, endAt }: Scenario, paint: Paint): string[] {
  const names = clients.filter(isEndless).map(({ name }) => name);
  if (names.length === 0) return [];
  const whose =
    names.length === 1 ? `the workload of client ${names[0]}` : `the workloads of clients ${enumerate(names)}`;
  return wrap(
    paint.dim(`without a number of operations, ${whose} would never end: the run ends at ${seconds(endAt)}`),
    '  ',
  );
}

/** Everything after the story: servers, ledger, properties, faults, verdict, hash, and how to see it again. */
export function summary(report: Report, ledger: FencingLedger, options: SummaryOptions): string[] {
  const { paint } = options;
  return [
    '',
    ...serverTable(report.servers, paint),
    '',
    ...ledgerLines(ledger, paint),
    '',
    ...propertyLines(report, paint),
    ...faultLines(report, paint),
    '',
    ...verdictLines(report, options),
  ];
}

export function serverTable(rows: readonly ServerRow[], paint: Paint): string[] {
  const heads = [
    { title: 'server' },
    { title: 'role' },
    { title: 'acceptedEpoch', right: true },
    { title: 'currentEpoch', right: true },
    { title: 'last zxid' },
    { title: 'log' },
  ];
  const lines = table(
    heads.map((head) => ({ ...head, title: paint.title(head.title) })),
    rows.map((row) => [
      `S${row.id}`,
      rolePainted(row, paint),
      row.acceptedEpoch === null ? '-' : String(row.acceptedEpoch),
      row.currentEpoch === null ? '-' : String(row.currentEpoch),
      zxidText(row.lastZxid),
      count(row.logLength, 'record'),
    ]),
  );
  return [...lines, ...rows.flatMap(footnotes)];
}

/** What a row cannot say: a log that ends elsewhere than the memory, a pause. */
function footnotes(row: ServerRow): string[] {
  const ends = row.lastLoggedZxid;
  return [
    ...(ends === null || ends === row.lastZxid ? [] : wrap(`S${row.id}: its log ends at ${zxidText(ends)}`, '  ')),
    ...(row.paused ? [`  S${row.id}: it is paused`] : []),
  ];
}

function rolePainted(row: ServerRow, paint: Paint): string {
  const role = roleOf(row);
  const colour = {
    leader: paint.leader,
    follower: paint.follower,
    observer: paint.observer,
    looking: paint.looking,
    down: paint.dim,
  }[role];
  return colour(role);
}

/** Each refusal: the rule in words, the two numbers, who, and the event of the promise. */
export function ledgerLines(ledger: FencingLedger, paint: Paint): string[] {
  if (ledger.size === 0) return wrap(`${paint.title('Fencing ledger')}: nothing was refused because of an epoch.`);
  const entries = ledger.entries();
  const lines = [paint.title('Fencing ledger') + `: ${count(entries.length, 'refusal')} because of an epoch`];
  for (const { at, rule, sentence } of entries) {
    const margin = `${seconds(at).padStart(11)}  `;
    lines.push(...wrap(`${sentence} ${paint.dim(`[${rule}]`)}`, margin));
  }
  return lines;
}

export function propertyLines(report: Report, paint: Paint): string[] {
  const judged = report.properties.filter((property) => property.premises > 0);
  const vacuous = report.properties.filter((property) => property.premises === 0);
  const lines = [
    paint.title('Properties') + `: ${judged.length} judged, each with the number of times its premise was true`,
  ];
  const broken = new Set(report.violations.map((violation) => violation.property));
  const widest = Math.max(0, ...judged.map((property) => thousands(property.premises).length));
  lines.push(
    ...inColumns(
      judged.map(({ name, premises }) => {
        const line = `${pad(thousands(premises), widest, true)} ${name}`;
        return broken.has(name) ? paint.bad(line) : line;
      }),
    ),
  );
  if (vacuous.length > 0) {
    const names = enumerate(vacuous.map((property) => property.name));
    lines.push(...wrap(`${paint.looking('not judged')}, since the situation never came: ${names}`, '  '));
  }
  for (const { name, excused } of report.properties)
    if (excused !== null) lines.push(...wrap(`${name} is excused: ${excused}`, '  '));
  return lines;
}

export function faultLines(report: Report, paint: Paint): string[] {
  if (report.faults.length === 0) return wrap(`${paint.title('Faults')}: none were asked for.`);
  const words = report.faults.map(({ fault, asked, landed }) => {
    const text = `${fault} ${thousands(asked)} -> ${thousands(landed)}`;
    return landed === 0 ? paint.looking(text) : text;
  });
  return wrap(`${paint.title('Faults')}, how often asked for -> how often one had an effect: ${words.join(', ')}.`);
}

/** The verdict, said plainly, with the figures of the run, its hash, and the line that reproduces it. */
export function verdictLines(report: Report, options: SummaryOptions): string[] {
  const { paint } = options;
  return [
    ...wrap(verdict(report, options)),
    ...(options.interrupted ? [] : report.unexpected.flatMap((difference) => wrap(difference, '  - '))),
    ...wrap(figures(report, options.wallMs), '  '),
    `  trace hash ${report.traceHash}`,
    ...wrap(paint.title(options.reproduce), '  again: ', 4),
  ];
}

function verdict(report: Report, { paint, interrupted }: SummaryOptions): string {
  const label = `${report.scenario}, seed ${report.seed}`;
  if (interrupted)
    return `${paint.looking('INTERRUPTED')}  ${label}: nothing is decided; known up to ${seconds(report.virtualUs)}.`;
  const properties = [...new Set(report.violations.map((violation) => violation.property))];
  const broken = enumerate(properties);
  const verb = properties.length === 1 ? 'is' : 'are';
  if (report.verdict === 'fail') {
    return report.asExpected
      ? `${paint.good('AS EXPECTED')}  ${label}: ${broken} ${verb} violated, which is what this scenario shows.`
      : `${paint.bad('FAIL')}  ${label}: ${broken} ${verb} violated.`;
  }
  if (report.verdict === 'inconclusive') {
    return report.asExpected
      ? `${paint.looking('INCONCLUSIVE')}  ${label}: not decided, as the scenario says.`
      : `${paint.looking('INCONCLUSIVE')}  ${label}: the run could not be decided.`;
  }
  return report.asExpected
    ? `${paint.good('PASS')}  ${label}: every property holds, and the run ends as its scenario says.`
    : `${paint.bad('NOT AS EXPECTED')}  ${label}: every property holds, but:`;
}

function figures(report: Report, wallMs: number): string {
  const { ok, failed, unknown, pending } = report.calls;
  const perSecond = wallMs > 0 ? `, ${thousands(Math.round(report.events / (wallMs / 1000)))} a second` : '';
  return (
    `${thousands(report.events)} events${perSecond}; ` +
    `${seconds(report.virtualUs)} of virtual time in ${Math.max(1, Math.round(wallMs))} ms; ` +
    `${count(report.elections.filter((election) => election.becomes === 'LEADING').length, 'election')} won, ` +
    `${count(report.commits, 'commit')}, requests: ${thousands(ok)} ok, ${thousands(failed)} failed, ` +
    `${thousands(unknown)} unknown, ${thousands(pending)} pending`
  );
}

/** `npx zabsim run old-leader --seed 42`: found in a clone, in a project and after a global install alike. */
export function reproduceLine(target: string, seed: string, release: string | null): string {
  return [
    'npx zabsim run',
    shellWord(target),
    '--seed',
    shellWord(seed),
    ...(release === null ? [] : ['--release', shellWord(release)]),
  ].join(' ');
}
