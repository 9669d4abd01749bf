import { unreachable } from './assert.ts';
import { endProcess } from './lifecycle.ts';
import { beginWrite } from './disk.ts';
import { clearTimer, setTimer } from './processes.ts';
import type { Random } from './random.ts';
import { dial } from './dialling.ts';
import { closeEnd, sendOn } from './wires.ts';
import type { Effect, Note, Thread } from './zab/effects.ts';
import type { Emit } from './trace.ts';
import type { Host, World } from './world-state.ts';

/** Performs what a server ordered, in order. */
export function perform(world: World, host: Host, effects: readonly Effect[], emit: Emit): void {
  const { life } = host;
  for (const effect of effects) {
    switch (effect.kind) {
      case 'send':
        sendOn(world, host.id, effect.connection, effect.message, emit);
        break;
      case 'note':
        tell(world, host, effect.note, emit);
        break;
      case 'setTimer':
        setTimer(world, host, effect);
        break;
      case 'clearTimer':
        clearTimer(host, effect.timer, effect.arg);
        break;
      case 'write':
        beginWrite(world, host, effect);
        break;
      case 'schedule':
        schedule(world, host, effect.thread);
        break;
      case 'dial':
        dial(world, host.id, effect.plane, effect.peer, { life, timeout: effect.timeout });
        break;
      case 'close':
        closeEnd(world, host.id, effect.connection, emit);
        break;
      case 'exit':
        endProcess(
          world,
          host,
          { how: host.stopping && effect.code === 0 ? 'stop' : 'exit', code: effect.code, why: effect.why },
          emit,
        );
        return;
      default:
        unreachable(effect);
    }
  }
}

function schedule(world: World, host: Host, thread: Thread): void {
  const after = threadStream(world, host.id).delay(world.scenario.processes.thread);
  world.queue.push(world.now + after, { kind: 'thread', server: host.id, life: host.life, thread });
}

function threadStream(world: World, server: number): Random {
  let random = world.threads.get(server);
  if (random === undefined) {
    random = world.chance.stream('thread', server);
    world.threads.set(server, random);
  }
  return random;
}

/** A note becomes a trace event: stamped with when and where. The four kinds that most notes are get objects of one shape
 *  each, made at once: growing a note by two fields costs everybody who reads it later. */
function tell(world: World, host: Host, note: Note, emit: Emit): void {
  const at = world.now;
  const server = host.id;
  switch (note.kind) {
    case 'applied':
      emit({ at, server, kind: 'applied', txn: note.txn, delivered: note.delivered });
      return;
    case 'acked':
      emit({ at, server, kind: 'acked', from: note.from, zxid: note.zxid, counted: note.counted });
      return;
    case 'proposed':
      emit({ at, server, kind: 'proposed', txn: note.txn });
      return;
    case 'committed':
      emit({ at, server, kind: 'committed', txn: note.txn, acks: note.acks });
      return;
    case 'fenced':
      emit({ at, server, ...note, promise: promiseBehind(world, server, note.rule) });
      return;
    default:
      emit({ at, server, ...note });
  }
}

/** The trace event that made the promise which now refuses: the refuser's own acceptedEpoch; for a leader without a
 *  quorum, the latest promise that anybody made of a higher epoch. */
function promiseBehind(world: World, server: number, rule: string): number {
  const { accepted, epochs } = world.promises;
  if (rule !== 'quorum-gone') return accepted[server] ?? -1;
  const own = epochs[server] ?? 0;
  let latest = -1;
  for (let id = 1; id < accepted.length; id++) if ((epochs[id] ?? 0) > own) latest = Math.max(latest, accepted[id]!);
  return latest;
}
