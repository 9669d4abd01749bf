import type { Violation } from '../sim/property.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { Message, MessageKind } from '../sim/zab/messages.ts';
import { COUNTERS, epochOf } from '../sim/zab/zxid.ts';
import type { Recent } from './recent.ts';
import { shownByProcess } from './words.ts';

export interface Cause {
  readonly index: number;
  readonly event: TraceEvent;
}

/** What a violation is about: read from its own words, and from the event that broke the property. */
interface Subjects {
  readonly zxids: ReadonlySet<number>;
  readonly epochs: ReadonlySet<number>;
  readonly servers: ReadonlySet<number>;
}

/** Links of one chain, faults, and moments in the life of what it is about: a screenful in all. */
const CHAIN = 16;
const FAULTS = 5;
const LIFE = 8;

/** The events that led to a violation, oldest first, the violating one last. Only those that matter: the chain of
 *  packets and disk writes behind the violating event, what happened to the transactions and epochs it names, and the
 *  faults that came between. */
export function causes(recent: Recent, violation: Violation): Cause[] {
  const broke = recent.at(violation.event);
  if (broke === undefined) return [];
  const about = subjectsOf(violation, broke);
  const chosen = new Set<number>([violation.event]);
  for (const index of chain(recent, violation.event, about)) chosen.add(index);
  // Who sent a packet that was received stands in the line of its arrival.
  for (const index of [...chosen]) {
    const event = recent.at(index);
    if (event?.kind !== 'received') continue;
    for (const sent of parents(recent, index, about)) chosen.delete(sent);
  }
  for (const index of lives(recent, violation.event, about)) chosen.add(index);
  const first = Math.min(...chosen);
  const servers = new Set(about.servers);
  for (const index of chosen) servers.add(recent.at(index)?.server ?? 0);
  for (const index of faults(recent, first, violation.event, { ...about, servers })) chosen.add(index);
  return [...chosen]
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const event = recent.at(index);
      return event === undefined ? [] : [{ index, event }];
    });
}

function subjectsOf(violation: Violation, broke: TraceEvent): Subjects {
  const numbers = (pattern: RegExp): number[] => [...violation.why.matchAll(pattern)].map((match) => Number(match[1]));
  const zxids = new Set(numbers(/\b(0x[0-9a-f]{9,14})\b/g).filter((zxid) => zxid >= COUNTERS));
  if ('txn' in broke) zxids.add(broke.txn.zxid);
  const epochs = new Set(numbers(/\bepochs? (\d+)/g));
  if ('epoch' in broke && broke.epoch > 0) epochs.add(broke.epoch);
  const servers = new Set(numbers(/\b(?:S|server )(\d+)\b/g));
  if (broke.server > 0) servers.add(broke.server);
  return { zxids, epochs, servers };
}

/** Back from one event, cause by cause. */
function chain(recent: Recent, from: number, about: Subjects): number[] {
  const found: number[] = [];
  const waiting = parents(recent, from, about);
  while (waiting.length > 0 && found.length < CHAIN) {
    // The latest first: what stands nearest to the violation is told before what lies far back.
    waiting.sort((a, b) => b - a);
    const index = waiting.shift();
    if (index === undefined || found.includes(index)) continue;
    found.push(index);
    waiting.push(...parents(recent, index, about));
  }
  return found;
}

/** The events that directly led to one. */
function parents(recent: Recent, index: number, about: Subjects): number[] {
  const event = recent.at(index);
  if (event === undefined) return [];
  const { server } = event;
  const back = (fits: (earlier: TraceEvent) => boolean): number[] => {
    const found = findBack(recent, index, fits);
    return found === undefined ? [] : [found];
  };
  const received = (kinds: readonly MessageKind[], zxid?: number): number[] =>
    back(
      (earlier) =>
        earlier.kind === 'received' &&
        earlier.server === server &&
        kinds.includes(earlier.message.kind) &&
        (zxid === undefined || zxidOf(earlier.message) === zxid),
    );
  switch (event.kind) {
    case 'received':
    case 'lost':
      return back(
        (earlier) =>
          earlier.kind === 'sent' &&
          earlier.connection === event.connection &&
          sameMessage(earlier.message, event.message),
      );
    case 'sent':
      return sentBecause(event, back);
    case 'committed':
      return [
        ...acksOf(recent, index, event.txn.zxid),
        ...back(
          (earlier) => earlier.kind === 'proposed' && earlier.txn.zxid === event.txn.zxid && earlier.server === server,
        ),
      ];
    case 'established':
      return all(
        recent,
        index,
        (earlier) => earlier.kind === 'newLeaderAcked' && earlier.server === server && earlier.epoch === event.epoch,
        3,
      );
    case 'acked':
      return received(['ACK'], event.zxid);
    case 'newLeaderAcked':
      return received(['ACK']);
    case 'applied':
      return [
        ...received(['COMMIT', 'INFORM'], event.txn.zxid),
        ...back((earlier) => earlier.kind === 'syncStarted' && earlier.server === server),
      ];
    case 'logged':
      return loggedBecause(recent, index, event, about);
    case 'proposed':
      // Before it lies a client's wish, which explains nothing.
      return [];
    case 'epochWritten':
      return event.file === 'acceptedEpoch'
        ? received(['LEADERINFO', 'FOLLOWERINFO'])
        : received(['NEWLEADER', 'ACKEPOCH']);
    case 'truncated':
      return received(['TRUNC'], event.zxid);
    case 'syncStarted':
      return received([event.mode], event.zxid);
    case 'syncChosen':
      return back((earlier) => earlier.kind === 'electionFinished' && earlier.server === server);
    case 'electionFinished':
      return back(
        (earlier) => earlier.kind === 'elected' && earlier.server === server && earlier.becomes === 'LEADING',
      );
    case 'elected':
      // What its vote stood on: the epoch it had made its own, if that is ahead of its history.
      return event.vote.peerEpoch <= epochOf(event.vote.zxid)
        ? []
        : back(
            (earlier) =>
              earlier.kind === 'epochWritten' &&
              earlier.server === event.vote.leader &&
              earlier.file === 'currentEpoch' &&
              earlier.epoch === event.vote.peerEpoch,
          );
    case 'serving':
      return event.role === 'LEADING'
        ? back((earlier) => earlier.kind === 'established' && earlier.server === server)
        : received(['UPTODATE']);
    case 'started':
      return [
        ...back((earlier) => earlier.kind === 'ended' && earlier.server === server),
        // What it should find on its disk.
        ...back((earlier) => earlier.kind === 'epochWritten' && earlier.server === server),
      ];
    default:
      return trigger(recent, index, event);
  }
}

/** A record is written because its proposal came, or was made here. The same proposal may have come twice. */
function loggedBecause(
  recent: Recent,
  index: number,
  { server, txns }: Extract<TraceEvent, { readonly kind: 'logged' }>,
  about: Subjects,
): number[] {
  const named = txns.filter((txn) => about.zxids.has(txn.zxid));
  return (named.length > 0 ? named : txns.slice(-1)).slice(0, 3).flatMap(({ zxid }) =>
    all(
      recent,
      index,
      (earlier) => {
        if (earlier.server !== server) return false;
        if (earlier.kind === 'proposed') return earlier.txn.zxid === zxid;
        return earlier.kind === 'received' && 'txn' in earlier.message && earlier.message.txn.zxid === zxid;
      },
      2,
    ),
  );
}

/** A packet leaves because of what is on disk, or of what was decided. */
function sentBecause(
  event: Extract<TraceEvent, { readonly kind: 'sent' | 'received' }>,
  back: (fits: (earlier: TraceEvent) => boolean) => number[],
): number[] {
  const { server, message } = event;
  const zxid = zxidOf(message);
  if (message.kind === 'ACK') {
    const logged = back(
      (earlier) =>
        earlier.kind === 'logged' && earlier.server === server && earlier.txns.some((txn) => txn.zxid === zxid),
    );
    if (logged.length > 0) return logged;
    // That of NEWLEADER.
    return [
      ...back(
        (earlier) => earlier.kind === 'epochWritten' && earlier.server === server && earlier.file === 'currentEpoch',
      ),
      ...back(
        (earlier) =>
          earlier.kind === 'received' &&
          earlier.server === server &&
          earlier.message.kind === 'NEWLEADER' &&
          earlier.message.zxid === zxid,
      ),
    ];
  }
  if (message.kind === 'ACKEPOCH')
    return back((earlier) => earlier.kind === 'epochWritten' && earlier.server === server);
  if (message.kind === 'COMMIT' || message.kind === 'INFORM') {
    return back((earlier) => earlier.kind === 'committed' && earlier.server === server && earlier.txn.zxid === zxid);
  }
  if (message.kind === 'NEWLEADER' || message.kind === 'LEADERINFO') {
    const decided = message.kind === 'NEWLEADER' ? 'electionFinished' : 'epochProposed';
    return back((earlier) => earlier.kind === decided && earlier.server === server);
  }
  if (message.kind === 'PROPOSAL') return back((earlier) => earlier.kind === 'proposed' && earlier.txn.zxid === zxid);
  if (message.kind === 'TRUNC' || message.kind === 'SNAP' || message.kind === 'DIFF') {
    return back(
      (earlier) => earlier.kind === 'syncChosen' && earlier.server === server && earlier.learner === event.peer,
    );
  }
  return [];
}

/** Within one event of the engine, what arrived stands before what it set off. */
function trigger(recent: Recent, index: number, event: TraceEvent): number[] {
  for (let i = index - 1; i >= recent.first; i--) {
    const earlier = recent.at(i);
    if (earlier === undefined || earlier.at !== event.at) return [];
    if (earlier.server === event.server && (earlier.kind === 'received' || earlier.kind === 'disconnected')) return [i];
  }
  return [];
}

function acksOf(recent: Recent, index: number, zxid: number): number[] {
  return all(recent, index, (earlier) => earlier.kind === 'acked' && earlier.counted && earlier.zxid === zxid, 3);
}

/** How far back to look for one thing: a violation's causes are near, or not worth the wait. */
const REACH = 200_000;

function findBack(recent: Recent, before: number, fits: (event: TraceEvent) => boolean): number | undefined {
  const end = Math.max(recent.first, before - REACH);
  for (let i = before - 1; i >= end; i--) {
    const event = recent.at(i);
    if (event !== undefined && fits(event)) return i;
  }
  return undefined;
}

function all(recent: Recent, before: number, fits: (event: TraceEvent) => boolean, limit: number): number[] {
  const found: number[] = [];
  let from = before;
  while (found.length < limit) {
    const index = findBack(recent, from, fits);
    if (index === undefined) break;
    found.push(index);
    from = index;
  }
  return found;
}

/** What happened to the named transactions and epochs, the first time each thing happened. */
function lives(recent: Recent, until: number, about: Subjects): number[] {
  const seen = new Set<string>();
  const found: number[] = [];
  for (let i = recent.first; i < until; i++) {
    const event = recent.at(i);
    const moment = event === undefined ? undefined : momentOf(event, about);
    if (moment === undefined || seen.has(moment)) continue;
    seen.add(moment);
    found.push(i);
  }
  return found.slice(-LIFE);
}

/** Names the moment in a life, so that it is told once; undefined for an event of no such life. */
function momentOf(event: TraceEvent, about: Subjects): string | undefined {
  switch (event.kind) {
    case 'proposed':
    case 'committed':
      return about.zxids.has(event.txn.zxid) ? `${event.kind} ${event.server} ${event.txn.zxid}` : undefined;
    case 'logged': {
      const txn = event.txns.find((candidate) => about.zxids.has(candidate.zxid));
      return txn === undefined ? undefined : `logged ${event.server} ${txn.zxid}`;
    }
    case 'truncated':
      return event.removed.some((zxid) => about.zxids.has(zxid)) ? `truncated ${event.server}` : undefined;
    case 'established':
    case 'electionFinished':
      return about.epochs.has(event.epoch) ? `${event.kind} ${event.server} ${event.epoch}` : undefined;
    case 'epochWritten':
      return about.epochs.has(event.epoch) && about.servers.has(event.server)
        ? `${event.file} ${event.server} ${event.epoch}`
        : undefined;
    default:
      return undefined;
  }
}

/** Faults, ends of processes and of roles between two events, the last ones, those of the servers meant or of nobody's. */
function faults(recent: Recent, from: number, until: number, about: Subjects): number[] {
  const found: number[] = [];
  for (let i = until - 1; i >= from && found.length < FAULTS; i--) {
    const event = recent.at(i);
    if (event === undefined) continue;
    const told =
      (event.kind === 'fault' && !shownByProcess(event)) ||
      event.kind === 'diskFailed' ||
      (event.kind === 'ended' && event.how !== 'stop') ||
      (event.kind === 'leftRole' && event.epoch >= 0) ||
      event.kind === 'paused';
    if (told && (event.server <= 0 || about.servers.has(event.server))) found.push(i);
  }
  return found;
}

function zxidOf(message: Message): number | undefined {
  if ('txn' in message) return message.txn.zxid;
  return 'zxid' in message ? message.zxid : undefined;
}

/** In one process a packet is one object; read back from a file, it is equal text. */
function sameMessage(a: Message, b: Message): boolean {
  return a === b || (a.kind === b.kind && zxidOf(a) === zxidOf(b) && JSON.stringify(a) === JSON.stringify(b));
}
