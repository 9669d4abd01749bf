import type { Step, Who } from '../sim/scenario.ts';
import { MS, type Micros } from '../sim/time.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { STRIKES, type Feature, type Strike } from './plans-features.ts';
import { eventAt, momentOf } from './plans-moments.ts';
import type { Circumstances, Here } from './plans-here.ts';
import { ERRAND_LENGTH, errandsOf, hasErrands } from './plans-errands.ts';
import { clientFaultsOf, clientsBack, strikesClients } from './plans-clients.ts';
import { isOfSession, operationOf, TREE_KINDS } from './plans-operations.ts';
import type { ChapterSketch, FaultSketch, Sketch, WriteSketch } from './plans-sketch.ts';
import { delayOf, pick, strike } from './plans-strikes.ts';

/** The steps of a plan, chapter after chapter, and when the calm comes. */
export function timelineOf(
  { features, chapters, ending }: Sketch,
  circumstances: Circumstances,
): { timeline: Step[]; calmAt: Micros } {
  const { on, servers, patience } = circumstances;
  const strikes = STRIKES.filter((kind) => features.includes(kind));
  const timeline: Step[] = [];
  let from = 0;
  chapters.forEach((chapter, k) => {
    const errands = hasErrands(on) && chapter.errands.length > 0 ? ERRAND_LENGTH : 0;
    const length = 300 * MS + Math.floor(((MS * 1000 + 2 * patience) * (chapter.length % 100)) / 100) + errands;
    const here: Here = { ...circumstances, k, from, length };
    const away = on.has('absence') && k < chapters.length ? awayOf(chapter, servers) : [];
    timeline.push(...boundary(chapter, here, away), ...callsOf(chapter.writes, here));
    timeline.push(...faultsOf(misfortunesOf(chapters, k), here, strikes, away));
    timeline.push(...clientFaultsOf(chapter, here), ...errandsOf(chapter.errands, here));
    from += length;
  });
  if (strikesClients(circumstances) || hasErrands(on)) timeline.push(...clientsBack(from));
  timeline.push(...endingOf({ ending, from, on, servers }));
  const calmAt = from + 300 * MS + (on.has('fullRestart') || ending % 2 === 1 ? 900 * MS : 0);
  timeline.push(write('b', null, 1, { kind: 'at', at: calmAt + 50 * MS }, timeline.length));
  return { timeline, calmAt };
}

/** Mostly one of three or two of five: whoever comes back finds a history that went on without it. */
function awayOf({ away }: ChapterSketch, servers: readonly ServerId[]): ServerId[] {
  const count = pick(servers.length < 5 ? [0, 1, 1, 0, 2, 1, 1, 1] : [0, 1, 2, 0, 3, 2, 1, 2], away);
  const first = Math.floor(away / 8) % servers.length;
  const stride = 1 + (Math.floor(away / 64) % Math.max(1, servers.length - 1));
  const gone = Array.from({ length: Math.min(count, servers.length - 1) }, (_, i) => pick(servers, first + i * stride));
  return servers.filter((id) => gone.includes(id));
}

/** A chapter begins: some go, all others come back. */
function boundary(chapter: ChapterSketch, here: Here, away: readonly ServerId[]): Step[] {
  const { k, from, servers, on } = here;
  const present = servers.filter((id) => !away.includes(id));
  const steps: Step[] = [];
  const at = (after: Micros, action: Step['action'], label: string | null = null): void => {
    steps.push({ moment: { kind: 'at', at: from + after }, label, action });
  };
  if (k > 0 && chapter.tidy % 4 < 3) {
    at(0, { kind: 'heal', pairs: null });
    at(0, { kind: 'resume', servers });
    at(0, { kind: 'diskMended', servers });
  }
  if (on.has('rollingRestart') && k > 0) {
    servers.forEach((id, i) => {
      at(i * 400 * MS, { kind: 'kill', servers: [id], unsent: false });
      at(i * 400 * MS + 50 * MS, { kind: 'start', servers: [id] });
    });
  }
  if (k > 0 && away.length > 0) at(0, leaving(chapter.how, away));
  if (k === 0 || chapter.stagger % 3 === 0) at(0, { kind: 'start', servers: present }, `c${k}`);
  else {
    at(0, { kind: 'start', servers: present.slice(0, 1) }, `c${k}`);
    present
      .slice(1)
      .forEach((id, i) => at((i + 1) * (chapter.stagger % 400) * MS, { kind: 'start', servers: [id] }, `c${k}s${id}`));
  }
  // Whoever leads goes: alone with its clients, it may take writes that nobody else will have.
  if (k > 0 && away.length === 0 && on.has('absence'))
    at((chapter.stagger % 7) * 10 * MS, leaving(chapter.how, ['leader']));
  return steps;
}

function leaving(how: number, away: readonly Who[]): Step['action'] {
  switch (how % 8) {
    case 0:
    case 1:
      return { kind: 'kill', servers: away, unsent: false };
    case 2:
      return { kind: 'kill', servers: away, unsent: true };
    case 3:
    case 7:
      return { kind: 'isolate', servers: away };
    case 4:
      return { kind: 'pause', servers: away };
    case 5:
      return { kind: 'stop', servers: away };
    default:
      return { kind: 'crash', servers: away, keep: pick([null, 0], how), torn: false };
  }
}

/** The faults of a chapter. Misfortunes repeat themselves: one chapter in four has those of the chapter before it. */
function misfortunesOf(chapters: readonly ChapterSketch[], k: number): readonly FaultSketch[] {
  const { faults, tidy } = chapters[k]!;
  return k > 0 && Math.floor(tidy / 4) % 4 === 3 ? chapters[k - 1]!.faults : faults;
}

function faultsOf(
  faults: readonly FaultSketch[],
  here: Here,
  strikes: readonly Strike[],
  away: readonly ServerId[],
): Step[] {
  if (strikes.length === 0) return [];
  const { k, from, length, servers, patience } = here;
  const present = servers.filter((id) => !away.includes(id));
  let after = `c${k}`;
  return faults.flatMap((fault, j) => {
    const label = `c${k}f${j}`;
    const steps = strike(fault, pick(strikes, fault.pick), { servers, present, from, length, after, label, patience });
    // One fault in two waits for the one before it.
    if (fault.extra % 2 === 0) after = label;
    return steps;
  });
}

/** Calls; where there are reads, each is followed by a read elsewhere as soon as somebody has an answer. */
function callsOf(writes: readonly WriteSketch[], here: Here): Step[] {
  const { k, servers, on } = here;
  return writes.flatMap((sketch, j) => {
    const { to, times } = sketch;
    const label = `c${k}w${j}`;
    const server = pick<Who | null>([null, 'leader', null, 'leader', ...servers], to);
    const call = { client: to % 2 === 0 ? 'a' : 'b', key: `k${(k + j) % 3}` };
    const value = 100 * (k + 1) + 10 * j;
    const count = pick([1, 1, 2, 3], times);
    const write: Step = {
      moment: momentOfWrite(sketch, here),
      label,
      action: writing({ ...call, server, value, times: count }, sketch.what, here),
    };
    if (!on.has('reads')) return [{ ...write, label: null }];
    const elsewhere = pick<Who>([...servers, 'follower'], Math.floor(times / 4));
    const read: Step = {
      moment: {
        kind: 'when',
        when: eventAt('returned', { server: null, after: label }),
        delay: delayOf(sketch.moment * 8 + to),
      },
      label: null,
      action: { kind: times % 5 === 0 ? 'sync' : 'read', ...call, server: elsewhere, value: 0, times: 1 },
    };
    return [write, read];
  });
}

type CallStep = Extract<Step['action'], { readonly key: string }>;

/** A write of a key, or another operation of the tree, of the kinds that are on. */
function writing(call: Omit<CallStep, 'kind'>, what: number, { on, service }: Here): Step['action'] {
  const kinds = service === 'zookeeper' ? TREE_KINDS.filter((kind) => on.has(kind)) : [];
  if (kinds.length === 0 || what % 3 === 0) return { kind: 'write', ...call };
  const { client, server, times } = call;
  const drawn = Math.floor(what / 3);
  const operation = operationOf(pick(kinds, drawn), call.key, { value: call.value, drawn });
  // What hangs on a session is asked for by the client that has one.
  return { kind: 'request', client: isOfSession(operation) ? 'a' : client, server, operation, times };
}

function momentOfWrite({ when, moment, delay }: WriteSketch, { k, from, length }: Here): Step['moment'] {
  const after = `c${k}`;
  switch (when % 4) {
    case 0:
      return {
        kind: 'when',
        when: eventAt('serving', { server: null, after, state: 'LEADING' }),
        delay: delayOf(delay),
      };
    case 1: // Whoever leads has not missed the others yet.
      return { kind: 'at', at: from + (delay % 60) * MS };
    case 2:
      return { kind: 'when', when: momentOf(moment, { server: null, nth: 1, after }), delay: delayOf(delay) };
    default:
      return { kind: 'at', at: from + Math.floor((length * (delay % 1000)) / 1000) };
  }
}

function write(client: string, server: Who | null, times: number, moment: Step['moment'], value: number): Step {
  return { moment, label: null, action: { kind: 'write', client, server, key: `k${value % 3}`, value, times } };
}

/** Everybody comes back; often everything goes down once more, so that what is on disk shows. */
function endingOf(end: {
  ending: number;
  from: Micros;
  on: ReadonlySet<Feature>;
  servers: readonly ServerId[];
}): Step[] {
  const { ending, from, on, servers } = end;
  const at = (after: Micros, action: Step['action'], label: string | null = null): Step => ({
    moment: { kind: 'at', at: from + after },
    label,
    action,
  });
  const back = [
    at(0, { kind: 'heal', pairs: null }),
    at(0, { kind: 'resume', servers }),
    at(0, { kind: 'diskMended', servers }),
    at(0, { kind: 'start', servers }, 'back'),
  ];
  if (!on.has('fullRestart') && ending % 2 === 0) return back;
  return [
    ...back,
    at(
      900 * MS,
      ending % 4 < 2 ? { kind: 'crash', servers, keep: null, torn: false } : { kind: 'kill', servers, unsent: false },
    ),
    at(900 * MS + 1, { kind: 'start', servers }, 'again'),
  ];
}
