import type { Random } from '../random.ts';
import type { Micros, Range } from '../time.ts';
import type { RecipeDetail } from '../trace.ts';
import type { Answer, Operation, WatchEventType } from '../zookeeper/operations.ts';
import type { Zxid } from '../zab/zxid.ts';

/** Programs that run on a virtual client, as an application runs on the client library: they are told what happens to
 *  them, and return what they do. A program sees no clock, no trace and no other program; what it is told is what
 *  ZooKeeper.java would tell it, so that the fate of a call whose connection was lost is unknown to it.
 *
 *  The session is opened for it when its client begins. Calls are pipelined: what several acts ask for is sent in their
 *  order, and answered in that order. Source: the programmer's guide, recipes.md; ZooKeeper.java, ClientCnxn.java. */
export interface Program<S = unknown> {
  /** One word in kebab case: `recipe: NAME` of a scenario. */
  readonly name: string;
  /** What it does, in one sentence, for lists. */
  readonly about: string;
  /** The state before `begun`. Options were checked when the scenario was read. */
  start(about: Start): S;
  /** What it does about what has happened, in order. May change `state`. Draws chance from its client's stream alone. */
  on(state: S, happening: Happening, chance: Random): readonly Act[];
}

/** What a program is told before all else. `client`: its number. `operations` and `think` are those of its client, which
 *  workloads keep to and recipes ignore. */
export interface Start extends ProgramModel {
  readonly client: number;
  readonly operations: number;
  readonly think: Range;
}

/** Which program a client runs. Plain data of the scenario. */
export interface ProgramModel {
  readonly program: string;
  /** Programs of one instance work together; by convention the path they share. */
  readonly instance: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export type OptionValue = string | number | boolean | null | readonly (string | number)[];

/** What a program is told. `tag` is what its act said. */
export type Happening =
  /** First of all, and once: when its client begins. The session is being opened. */
  | { readonly kind: 'begun' }
  /** SyncConnected. `fresh`: with a new session, so that its ephemerals and watches of before do not count. */
  | { readonly kind: 'connected'; readonly session: number; readonly timeoutMs: number; readonly fresh: boolean }
  /** Told once, when the connection is lost, after the calls that went with it: the session may live on or expire. */
  | { readonly kind: 'disconnected' }
  /** Told by the first server that is reached again, never before. Every call fails with SESSIONEXPIRED from here on,
   *  until `openSession`. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'authFailed' }
  /** The session was closed as asked for. */
  | { readonly kind: 'closed' }
  | Returned
  /** A watch. `path`: without the chroot. */
  | { readonly kind: 'event'; readonly type: WatchEventType; readonly path: string }
  | { readonly kind: 'woke'; readonly tag: string }
  /** A resource has answered. `accepted` false: it has seen a higher token. */
  | { readonly kind: 'used'; readonly tag: string; readonly resource: string; readonly accepted: boolean };

export interface Returned {
  readonly kind: 'returned';
  readonly tag: string;
  readonly operation: Operation;
  /** `unknown`: CONNECTIONLOSS or a request timeout of a write, which may have happened or may yet happen. */
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** A name of KeeperException.Code; null when it went well. */
  readonly error: string | null;
  /** The body of the reply, paths without the chroot; null when there is none. */
  readonly answer: Answer | null;
  /** Of the reply's header; 0 when there was no reply. */
  readonly zxid: Zxid;
}

/** What a program does. */
export type Act =
  /** Asks ZooKeeper. Paths are without the chroot. `returned` comes exactly once, whatever happens. */
  | { readonly kind: 'call'; readonly tag: string; readonly operation: Operation }
  | { readonly kind: 'addAuth'; readonly scheme: string; readonly auth: string }
  /** `woke` comes after so long. A program that no longer cares ignores it. */
  | { readonly kind: 'sleep'; readonly tag: string; readonly micros: Micros }
  /** Becomes a trace event `recipe`, at once: what properties judge. */
  | { readonly kind: 'say'; readonly fact: string; readonly detail: RecipeDetail }
  /** Uses something outside ZooKeeper, which lives in the world and answers after two journeys through the network.
   *  `token` null: a resource without fencing, which takes what comes; else it refuses a token below the highest it has
   *  seen; shared uses may come in any order among themselves. When it gets there the trace tells `recipe` with the fact
   *  `used` or `refused` and the detail
   *  {resource, token, ...detail}. `used` comes exactly once, as long as the client runs. */
  | {
      readonly kind: 'use';
      readonly tag: string;
      readonly resource: string;
      readonly token: number | null;
      readonly shared: boolean;
      readonly detail: RecipeDetail;
    }
  /** A new session, after `expired` or `closed`; nothing while there is one. */
  | { readonly kind: 'openSession' }
  | { readonly kind: 'closeSession' };

/** A state: plain data without functions, Maps, Sets or classes, so that worlds can be copied and compared.
 *  @returns a deep copy. */
export function clonePlain<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => clonePlain(item)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, clonePlain(item)]),
  ) as T;
}
