import { DEFAULT_MODELS } from '../sim/defaults.ts';
import { unreachable } from '../sim/assert.ts';
import { Hasher } from '../sim/hash.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Change } from '../sim/search/deciding.ts';
import type { Stuckness, Standing } from '../sim/search/churn.ts';
import type { FlipVerdict } from '../sim/search/nearest.ts';
import { MS } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { formatDuration } from '../scenarios/units.ts';
import { DEFAULT_SETTINGS } from '../sim/zab/config.ts';
import { ensembleWords, stepWords } from './scenario-words.ts';
import { count, seconds, who, whoSet } from './text.ts';
import { eventWords } from './words.ts';

/** The choice that a change is about: `power failure of S1, when 2nd epochWritten at S1`. */
export function choiceWords(change: Change, scenario: Scenario): string {
  switch (change.kind) {
    case 'without':
    case 'moved':
    case 'survived': {
      const step = scenario.timeline[change.step];
      if (step === undefined) return 'a step';
      const { when, what } = stepWords({ ...step, label: null });
      const plain = what.replace(/^client client /, 'the client ');
      if (step.moment.kind === 'at')
        // Chaos strikes at no round time.
        return `${plain}, at ${step.moment.at % MS === 0 ? when : seconds(step.moment.at)}`;
      return `${plain}, ${when.replace('after when ', 'after ')}`;
    }
    case 'calmDraw': {
      const { stream, a, b, nth, value } = change.draw;
      const drawn = `the ${ordinal(nth)} draw`;
      switch (stream) {
        case 'latency':
          return `the delay of ${formatDuration(value)} from ${who(a)} to ${who(b)} (${drawn})`;
        case 'mishap':
          return `the mishap of a packet from ${who(a)} to ${who(b)} (${drawn})`;
        case 'disk':
          return `the ${formatDuration(value)} that the disk of ${who(a)} takes (${drawn})`;
        case 'thread':
          return `the ${formatDuration(value)} until a thread of ${who(a)} has its turn (${drawn})`;
        case 'startup':
          return `the ${formatDuration(value)} that ${who(a)} takes to start`;
        case 'client':
          return `what client ${a} chooses (${drawn} is ${value})`;
        case 'fault':
          return `what a fault does (${drawn} is ${value})`;
        default:
          return unreachable(stream);
      }
    }
    case 'calmModel':
      return change.model === 'clocks' ? 'the clocks that are wrong' : `the ${change.model}`;
    case 'silent': {
      const client = scenario.clients[change.client];
      return `the ${count(client?.operations ?? 0, 'request')} of client ${client?.name ?? change.client + 1}`;
    }
    case 'corrected':
      return `release ${scenario.release}`;
    default:
      return unreachable(change);
  }
}

/** How the choice was made otherwise: `3 ms later`, `left out`. */
export function otherwiseWords(change: Change): string {
  switch (change.kind) {
    case 'without':
      return 'left out';
    case 'moved':
      return change.by < 0 ? `${formatDuration(-change.by)} earlier` : `${formatDuration(change.by)} later`;
    case 'survived':
      return 'with all that was being written on disk';
    case 'calmDraw':
      return 'the least there is';
    case 'calmModel':
      return 'switched off';
    case 'silent':
      return 'left out';
    case 'corrected':
      return 'corrected';
    default:
      return unreachable(change);
  }
}

export function flipVerdictWords(verdict: FlipVerdict): string {
  return {
    passes: 'the run passes',
    alike: 'it fails all the same',
    otherwise: 'it fails in another way',
    undecided: 'nothing is decided',
  }[verdict];
}

function ordinal(n: number): string {
  const rest = n % 100;
  const ending = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}

/** `S1 loses power` */
export function sentence(event: TraceEvent): string {
  return event.server > 0 ? `${who(event.server)} ${eventWords(event)}` : eventWords(event);
}

// ── no progress

/** What stands in the way of progress: a circle, or who waits for what. The first line sums it up. */
export function stuckWords(stuck: Stuckness): { readonly title: string; readonly lines: readonly string[] } {
  if (stuck.kind === 'standing')
    return { title: 'Nothing moves any more. At the end:', lines: stuck.servers.map(standingWords) };
  const { rising, from, to, laps, every, lap } = stuck;
  return {
    title:
      `Election churn: the same state came back ${count(laps, 'time')} while ${rising} rose from ${from} to ${to}, ` +
      `every ${seconds(every)}. One lap of it, the last:`,
    lines: [...shorter(unique(lap.flatMap(({ event }) => turnWords(event)))), 'and so on, round and round'],
  };
}

/** A turn of a lap in one line; what follows from another one is left out. */
function turnWords(event: TraceEvent): string[] {
  switch (event.kind) {
    case 'elected':
      return event.becomes === 'LEADING'
        ? [`${who(event.server)} is elected by the votes of ${whoSet(event.supporters)}`]
        : [`${who(event.server)} follows ${who(event.vote.leader)}`];
    case 'stateChanged':
    case 'phaseChanged':
      return [];
    default:
      return [sentence(event)];
  }
}

const LAP_LINES = 16;

function shorter(lines: readonly string[]): readonly string[] {
  if (lines.length <= LAP_LINES) return lines;
  const left = lines.length - LAP_LINES + 1;
  return [...lines.slice(0, LAP_LINES - 3), `... ${left} more ...`, ...lines.slice(-2)];
}

function unique(lines: readonly string[]): string[] {
  return lines.filter((line, i) => line !== lines[i - 1]);
}

function standingWords(standing: Standing): string {
  const name = who(standing.server);
  const since = `, since ${seconds(standing.since)}`;
  if (!standing.up) return `${name} is down${since}`;
  const paused = standing.paused ? ' (and is paused)' : '';
  return `${name} ${positionWords(standing)}${paused}${since}`;
}

function positionWords({ server, state, phase, leader, epoch }: Standing): string {
  if (epoch >= 0)
    return state === 'LEADING' ? `leads and serves in epoch ${epoch}` : `serves in epoch ${epoch} under ${who(leader)}`;
  if (state === 'LOOKING') {
    const vote = leader === server ? 'itself' : who(leader);
    return leader === 0 ? 'looks for a leader' : `looks for a leader: it votes for ${vote}, and waits for a quorum`;
  }
  if (state === 'LEADING') {
    if (phase === 'SYNCHRONIZATION') return 'is elected, and waits until a quorum has acknowledged NEWLEADER';
    return phase === 'BROADCAST'
      ? 'is established, and does not serve'
      : 'is elected, and waits for a quorum to join its epoch';
  }
  return phase === 'SYNCHRONIZATION'
    ? `follows ${who(leader)}, and waits for the rest of its history, or for UPTODATE`
    : `follows ${who(leader)}, and waits for its LEADERINFO`;
}

/** What the plan has that is not usual: the ensemble always, the rest where it differs from the defaults. */
export function configWords(scenario: Scenario, features: readonly string[]): string {
  const { release, schedule, settings } = scenario;
  const { own, ...disk } = scenario.disk;
  const disks = [
    ...differences(disk, DEFAULT_MODELS.disk),
    ...own.map(({ server, sync }) => `${who(server)} sync=${valueWords(sync)}`),
  ];
  const models = (
    [
      ['network', differences(scenario.network, DEFAULT_MODELS.network)],
      ['disk', disks],
      ['processes', differences(scenario.processes, DEFAULT_MODELS.processes)],
    ] as const
  ).flatMap(([model, changed]) => (changed.length === 0 ? [] : [`${model} ${changed.join(', ')}`]));
  const drift = scenario.clocks.map(
    ({ server, driftPpm, offset }) => `${who(server)} ${driftPpm} ppm, off by ${formatDuration(offset)}`,
  );
  const zooCfg = differences(settings, DEFAULT_SETTINGS);
  return [
    ensembleWords(scenario),
    `release ${release}`,
    ...(zooCfg.length === 0 ? [] : [`zoo.cfg ${zooCfg.join(', ')}`]),
    ...models,
    ...(drift.length === 0 ? [] : [`clocks ${drift.join(', ')}`]),
    ...(schedule.kind === 'uniform' ? [] : [`schedule ${schedule.kind}`]),
    ...(scenario.beyondBudget ? ['beyond the budget of faults'] : []),
    ...(features.length === 0 ? [] : [`features ${features.join(', ')}`]),
  ].join('; ');
}

function differences(values: object, usual: object): string[] {
  const defaults = new Map<string, unknown>(Object.entries(usual));
  return Object.entries(values).flatMap(([name, value]: readonly [string, unknown]) =>
    JSON.stringify(defaults.get(name)) === JSON.stringify(value) ? [] : [`${name}=${valueWords(value)}`],
  );
}

/** A range in microseconds, ranges by server, or a number. */
function valueWords(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  const parts: readonly unknown[] = value;
  if (parts.every((part) => typeof part === 'number')) {
    const [least = 0, most = 0] = parts;
    return least === most ? formatDuration(least) : `${formatDuration(least)} .. ${formatDuration(most)}`;
  }
  return JSON.stringify(value);
}

/** A fingerprint as a short word: failures with the same one are one story. */
export function shortFingerprint(fingerprint: string): string {
  const hasher = new Hasher();
  hasher.data([...fingerprint].map((letter) => letter.codePointAt(0)));
  return hasher.hex().slice(0, 8);
}
