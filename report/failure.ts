import type { Violation } from '../sim/property.ts';
import type { Report } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Cause } from './cause.ts';
import type { Paint } from './paint.ts';
import { withNames } from './client-words.ts';
import { seconds, table, thousands, who, wrap, zxidText } from './text.ts';
import type { Tracked } from './track.ts';
import { eventWords } from './words.ts';

export interface Failure {
  readonly violation: Violation;
  /** What the property claims, in one sentence. */
  readonly about: string;
  readonly source: string;
  readonly causes: readonly Cause[];
  /** The servers as they were just before. */
  readonly before: readonly Tracked[];
}

/** Why a property is violated: what broke, the chain of events behind it, the servers just before. */
export function failureLines(report: Report, scenario: Scenario, failure: Failure, paint: Paint): string[] {
  const { violation } = failure;
  const label = report.asExpected ? paint.good('VIOLATED, AS EXPECTED') : paint.bad('FAIL');
  return [
    '',
    ...wrap(
      `${label}  ${paint.title(violation.property)}  at ${seconds(violation.at)}, ` +
        `event ${thousands(violation.event)} of ${thousands(report.traceEvents)}`,
    ),
    '',
    ...wrap(withNames(violation.why, scenario.clients), '  What broke    ', 16),
    ...wrap(paint.dim(`${failure.about} (${failure.source})`), '                ', 16),
    '',
    ...chainLines(failure, scenario, paint),
    '',
    '  The servers just before',
    ...beforeTable(failure.before, paint),
    ...(report.asExpected
      ? []
      : ['', ...wrap(scenario.teaches.trim().replaceAll(/\s+/g, ' '), '  Scenario      ', 16)]),
  ];
}

function chainLines({ causes, violation }: Failure, { clients }: Scenario, paint: Paint): string[] {
  if (causes.length === 0) return wrap('the events that led here are no longer held', '  Why           ', 16);
  return causes.flatMap(({ index, event }, i) => {
    const time = seconds(event.at).padStart(10);
    const mark = index === violation.event ? paint.bad('=>') : '  ';
    const subject = event.server > 0 ? `${who(event.server)} ` : '';
    return wrap(
      `${subject}${withNames(eventWords(event), clients)} ${paint.dim(`#${index}`)}`,
      `${i === 0 ? '  Why ' : '      '}${mark}${time}  `,
      20,
    );
  });
}

function beforeTable(servers: readonly Tracked[], paint: Paint): string[] {
  const heads = [
    { title: 'server' },
    { title: 'state' },
    { title: 'acceptedEpoch', right: true },
    { title: 'currentEpoch', right: true },
    { title: 'applied' },
    { title: 'logged' },
  ];
  return table(
    heads.map((head) => ({ ...head, title: paint.dim(head.title) })),
    servers.map((server) => [
      who(server.id),
      server.paused ? `${server.state}*` : server.state,
      String(server.acceptedEpoch),
      String(server.currentEpoch),
      zxidText(server.applied),
      zxidText(server.logged),
    ]),
    '    ',
  );
}
