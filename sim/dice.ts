import { unreachable } from './assert.ts';
import { ChosenQueue, type Lane, type Strategy } from './chosen-queue.ts';
import { other, type Endpoint, type Network } from './network.ts';
import { Queue, type Future } from './queue.ts';
import { stream } from './random.ts';
import type { Schedule, Step } from './scenario.ts';
import {
  calmChance,
  newSlack,
  openChance,
  recordingChance,
  uniformChance,
  type Chance,
  type RecordedDraw,
} from './schedule.ts';
import type { Event } from './world-state.ts';
import type { Thread } from './zab/effects.ts';

/** All that a schedule decides: what is drawn, and what comes next. */
export interface Dice {
  readonly chance: Chance;
  /** The empty future of a world with this network. */
  queueOf(network: Network): Future<Event>;
  /** Receives what chaos does, as steps that a timeline could have. */
  readonly struck?: Step[];
}

export function diceOf(schedule: Schedule, seed: string): Dice {
  return throwDice(schedule, seed, null);
}

/** The same dice, and a list that fills with every draw as the world makes it. */
export function recordingDice(
  schedule: Schedule,
  seed: string,
): { readonly dice: Dice; readonly draws: RecordedDraw[] } {
  const draws: RecordedDraw[] = [];
  return { dice: throwDice(schedule, seed, draws), draws };
}

function throwDice(schedule: Schedule, seed: string, into: RecordedDraw[] | null): Dice {
  switch (schedule.kind) {
    case 'uniform':
    case 'calm': {
      const chance = schedule.kind === 'uniform' ? uniformChance(seed) : calmChance(schedule.except);
      return { chance: into === null ? chance : recordingChance(chance, into, null), queueOf: () => new Queue() };
    }
    case 'pct':
    case 'pos': {
      const slack = newSlack();
      const chance = openChance(seed, slack);
      const random = stream(seed, 'schedule');
      const strategy: Strategy =
        schedule.kind === 'pos'
          ? 'pos'
          : {
              changes: Array.from({ length: schedule.depth - 1 }, () => 1 + random.below(schedule.steps)).sort(
                (x, y) => x - y,
              ),
            };
      return {
        chance: into === null ? chance : recordingChance(chance, into, slack),
        queueOf: (network) => new ChosenQueue(strategy, random, slack, (event) => laneOf(network, event)),
      };
    }
    default:
      return unreachable(schedule);
  }
}

// ── chains

const CODES = 16;
const THREADS: Readonly<Record<Thread, number>> = { commit: 0, snapshot: 1, sendSnapshot: 2, learner: 3, log: 4 };

/** The chain of an event: its connection and direction, its server's thread, disk or timers, its client; the rest is the
 *  environment, which is nobody's. */
export function laneOf(network: Network, event: Event): Lane {
  switch (event.kind) {
    case 'deliver':
    case 'datagram': {
      const { connection, direction } = event;
      const receiver = network.connections.get(connection)?.ends[other(direction)] ?? 0;
      if (event.kind === 'datagram') return lane(1, connection * 2 + direction, 'free', receiver);
      return lane(0, connection * 2 + direction, 'fifo', receiver);
    }
    case 'synAck': // Nothing that the acceptor sends overtakes the answer to the dial.
      return lane(0, event.connection * 2 + 1, 'fifo', network.connections.get(event.connection)?.ends[0] ?? 0);
    case 'broken':
      return lane(
        2,
        event.connection * 2 + event.end,
        'free',
        network.connections.get(event.connection)?.ends[event.end] ?? 0,
      );
    case 'reset':
      return lane(3, event.connection, 'free', 0);
    case 'syn':
      return lane(4, link(event.from, event.to), 'free', event.to);
    case 'dialFailed':
      return lane(4, link(event.to, event.from), 'free', event.from);
    case 'timer':
      return lane(5, event.server, 'free', event.server);
    case 'thread':
      return lane(6, event.server * CODES + THREADS[event.thread], 'fifo', event.server);
    case 'disk':
      return lane(7, event.server, 'serial', event.server);
    case 'drain':
    case 'boot':
      return lane(8, event.server, 'free', event.server);
    case 'client':
      return lane(9, event.client, 'free', -1 - event.client);
    case 'step':
    case 'undo':
    case 'chaos':
    case 'clogAll':
    case 'calm':
      return lane(10, 0, 'free', 0);
    default:
      return unreachable(event);
  }
}

function lane(code: number, about: number, order: Lane['order'], receiver: Endpoint): Lane {
  return { chain: about * CODES + code, order, receiver };
}

function link(from: Endpoint, to: Endpoint): number {
  return (from + 2048) * 8192 + (to + 2048);
}
