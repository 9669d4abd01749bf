import { register } from '../../sim/register.ts';
import { findRelease } from '../../sim/zab/behaviour.ts';
import { DEFAULT_SETTINGS, type Config, type Settings } from '../../sim/zab/config.ts';
import type { Effect, Input, Note, TimerKind } from '../../sim/zab/effects.ts';
import type { Message, QuorumMessage, Txn } from '../../sim/zab/messages.ts';
import { boot, step, type Server } from '../../sim/zab/server.ts';
import { setOf, type ServerId } from '../../sim/zab/sets.ts';
import { applyOp, emptyStorage, type Storage } from '../../sim/zab/storage.ts';
import { makeZxid, type Zxid } from '../../sim/zab/zxid.ts';

export function testConfig(
  options: { voters?: number; observers?: readonly ServerId[]; release?: string; settings?: Partial<Settings> } = {},
): Config {
  const voters = Array.from({ length: options.voters ?? 3 }, (_, i) => i + 1);
  const observers = options.observers ?? [];
  return {
    servers: [...voters, ...observers],
    verifier: { kind: 'majority', voters: setOf(voters) },
    observers: setOf(observers),
    settings: { ...DEFAULT_SETTINGS, tickTime: 500, ...options.settings },
    behaviour: findRelease(options.release ?? 'corrected')!.behaviour,
    service: register,
  };
}

/** One server alone: the test plays everybody else. Disk operations end at once, unless `holdDisk` is set. */
export class Lone {
  server: Server;
  readonly storage: Storage;
  /** What it has sent, with the connection, since the last `take`. */
  sent: { connection: number; message: Message }[] = [];
  notes: Note[] = [];
  exits: { code: number; why: string }[] = [];
  dials: { plane: string; peer: ServerId }[] = [];
  closed: number[] = [];
  readonly timers = new Map<string, number>();
  held: { token: number; op: (Effect & { kind: 'write' })['op'] }[] = [];
  holdDisk = false;

  constructor(config: Config, id: ServerId, storage: Storage = emptyStorage()) {
    this.storage = storage;
    const booted = boot(config, id, storage);
    if (booted.refused !== null) throw new Error(booted.refused.why);
    this.server = booted.server;
    this.#perform(booted.effects);
  }

  give(input: Input): this {
    this.#perform(step(this.server, input));
    return this;
  }

  /** A packet on the quorum plane. */
  packet(connection: number, message: QuorumMessage): this {
    return this.give({ kind: 'received', plane: 'quorum', connection, message });
  }

  fire(timer: TimerKind, arg = 0): this {
    if (!this.timers.has(`${timer} ${arg}`)) throw new Error(`the timer ${timer} ${arg} is not set`);
    this.timers.delete(`${timer} ${arg}`);
    return this.give({ kind: 'fired', timer, arg });
  }

  /** Ends the oldest disk operation that is held back. */
  disk(error: string | null = null): this {
    const { token, op } = this.held.shift()!;
    const applied = error === null ? applyOp(this.storage, op) : { error };
    return this.give({ kind: 'written', token, error: applied.error });
  }

  /** What was sent on a connection of the quorum plane, in short, and forgets it. */
  take(connection: number): string[] {
    const mine = this.sent.filter((one) => one.connection === connection);
    this.sent = this.sent.filter((one) => one.connection !== connection);
    return mine.map((one) => brief(one.message));
  }

  noted<K extends Note['kind']>(kind: K): Extract<Note, { kind: K }>[] {
    return this.notes.filter((note): note is Extract<Note, { kind: K }> => note.kind === kind);
  }

  #perform(effects: readonly Effect[]): void {
    const due: Input[] = [];
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send':
          this.sent.push({ connection: effect.connection, message: effect.message });
          break;
        case 'note':
          this.notes.push(effect.note);
          break;
        case 'exit':
          this.exits.push({ code: effect.code, why: effect.why });
          return;
        case 'dial':
          this.dials.push({ plane: effect.plane, peer: effect.peer });
          break;
        case 'close':
          this.closed.push(effect.connection);
          break;
        case 'setTimer':
          this.timers.set(`${effect.timer} ${effect.arg}`, effect.after);
          break;
        case 'clearTimer':
          this.timers.delete(`${effect.timer} ${effect.arg}`);
          break;
        case 'schedule':
          due.push({ kind: 'scheduled', thread: effect.thread });
          break;
        case 'write':
          if (this.holdDisk) this.held.push({ token: effect.token, op: effect.op });
          else due.push({ kind: 'written', token: effect.token, error: applyOp(this.storage, effect.op).error });
          break;
      }
    }
    for (const input of due) this.give(input);
  }
}

/** `ACK 1:0`, `PROPOSAL 1:3`, `UPTODATE` */
export function brief(message: Message): string {
  if ('txn' in message) return `${message.kind} ${pair(message.txn.zxid)}`;
  if (message.kind === 'ACKEPOCH') return `ACKEPOCH ${pair(message.zxid)} epoch ${message.currentEpoch}`;
  if ('zxid' in message) return `${message.kind} ${pair(message.zxid)}`;
  return message.kind;
}

function pair(zxid: Zxid): string {
  return `${Math.floor(zxid / 0x1_0000_0000)}:${zxid % 0x1_0000_0000}`;
}

export function write(epoch: number, counter: number, value = counter): Txn {
  return {
    zxid: makeZxid(epoch, counter),
    session: -1,
    cxid: counter,
    proposer: 1,
    body: { kind: 'write', op: { key: 'k', value } },
    digest: epoch * 1000 + counter * 10 + (value % 10),
    bytes: 100,
  };
}

/** Makes the lone server win or follow, by playing the other voters' votes through the election. */
export function elect(
  lone: Lone,
  leader: ServerId,
  vote: { zxid: Zxid; peerEpoch: number } = { zxid: makeZxid(0, 0), peerEpoch: 0 },
): void {
  const me = lone.server.id;
  for (const sid of lone.server.config.servers) {
    if (sid === me) continue;
    const connection = 900 + sid;
    lone.give({ kind: 'opened', plane: 'election', connection, peer: sid > me ? 0 : sid, ours: sid < me });
    if (sid > me) lone.give({ kind: 'received', plane: 'election', connection, message: { kind: 'GREETING', sid } });
    lone.give({
      kind: 'received',
      plane: 'election',
      connection,
      message: {
        kind: 'NOTIFICATION',
        state: 'LOOKING',
        vote: { leader, ...vote },
        electionEpoch: lone.server.fle.logicalclock,
      },
    });
  }
  lone.fire('poll');
  lone.sent = [];
}
