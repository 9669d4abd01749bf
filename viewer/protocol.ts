import type { Exercise, Lesson } from '../course/lesson.ts';
import type { Mark } from '../course/mark.ts';
import type { Action, Condition, Step } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import type { Zxid } from '../sim/zab/zxid.ts';
import type { Frame, LogCell } from './frame.ts';

/** What the page and its engine say to one another: plain data, so that a worker can stand between them. Use
 *  `EngineClient` of engine/client.ts, which speaks this. */

/** Runs that are open at the same time: the one in front, and the future it is compared with. */
export type SessionId = 'main' | 'other';

// ── from the page

export type Request =
  /** The first one: the texts of the scenarios that are built in. */
  | { readonly kind: 'start'; readonly library: readonly LibraryText[] }
  /** Opens a run. Answered by `opened` and a frame, or by `refused`. */
  | {
      readonly kind: 'open';
      readonly session: SessionId;
      readonly source: Source;
      readonly options: OpenOptions;
    }
  /** `speed`: virtual microseconds per microsecond of ours; 1 is real time. `story`: slow while something happens that
   *  matters, fast while nothing does. Play stops by itself at a violation, and at what `stops` names. */
  | { readonly kind: 'play'; readonly session: SessionId; readonly speed: number | 'story' }
  | { readonly kind: 'pause'; readonly session: SessionId }
  /** One event that the trace shows, forwards or back. */
  | { readonly kind: 'step'; readonly session: SessionId; readonly by: 1 | -1 }
  | { readonly kind: 'seek'; readonly session: SessionId; readonly to: Target }
  | { readonly kind: 'jump'; readonly session: SessionId; readonly to: Landmark; readonly by: 1 | -1 }
  /** Something done by hand, at the time shown. What was done by hand after that time is dropped: it is another future. */
  | { readonly kind: 'intervene'; readonly session: SessionId; readonly action: Action }
  /** Takes back the `index`-th of `Frame.hands`, and what was done by hand after it. */
  | { readonly kind: 'takeBack'; readonly session: SessionId; readonly index: number }
  /** Another seed, release or bug, end or calm, with the same hands; the time shown stays, as far as there is one. */
  | { readonly kind: 'amend'; readonly session: SessionId; readonly change: Amendment }
  /** Copies `main`, as it stands, into `other`; from there on they go their own ways. */
  | { readonly kind: 'fork' }
  /** Makes `other` the one in front. */
  | { readonly kind: 'swap' }
  | { readonly kind: 'close'; readonly session: SessionId }
  /** Asks for what is not in every frame. Answered by `answer` with the same `id`. */
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question };

export interface LibraryText {
  /** `sync-diff`, `bugs/ZOOKEEPER-1154`. */
  readonly name: string;
  readonly yaml: string;
}

export type Source =
  /** One that is built in. */
  | { readonly kind: 'scenario'; readonly name: string }
  /** The text of a scenario. `name`: of its file. */
  | { readonly kind: 'yaml'; readonly text: string; readonly name: string }
  /** A trace of `run --trace`, whole; gzip and raw deflate are recognized. */
  | { readonly kind: 'trace'; readonly bytes: ArrayBuffer }
  /** A report of `run --json`. */
  | { readonly kind: 'report'; readonly text: string }
  /** What follows the `#` of a link. */
  | { readonly kind: 'link'; readonly text: string };

export interface OpenOptions {
  readonly seed?: string;
  readonly release?: string;
  /** Where to begin; the start of the run when left out, for reports and traces of violations that violation. */
  readonly at?: Target;
  /** Play stops right after the events that these describe: the decisive moments of a lesson. */
  readonly stops?: readonly Condition[];
  /** Send trace events as they come to be known (`events` messages); true when left out. */
  readonly events?: boolean;
}

export type Target =
  | { readonly kind: 'start' | 'end' }
  /** Right after everything that happens up to this time. */
  | { readonly kind: 'time'; readonly at: Micros }
  /** Right after the event of the world that emitted this trace event. */
  | { readonly kind: 'event'; readonly event: number }
  /** The first violation; the end of the run when there is none. */
  | { readonly kind: 'violation' };

/** election: somebody is elected leader; epoch: a leader is established; stop: a condition of `stops`. */
export type Landmark = 'election' | 'epoch' | 'commit' | 'fault' | 'fenced' | 'violation' | 'stop' | 'hand';

export interface Amendment {
  readonly seed?: string;
  /** A release, or the name of a bug. */
  readonly release?: string;
  readonly endAt?: Micros;
  /** null: never. */
  readonly calmAt?: Micros | null;
}

export type Question =
  /** Trace events from one index up to another, without that one; at most `MAX_EVENTS` are answered. */
  | { readonly kind: 'events'; readonly session: SessionId; readonly from: number; readonly to: number }
  /** Trace events of a stretch of time, thinned evenly to `limit` if there are more. */
  | {
      readonly kind: 'window';
      readonly session: SessionId;
      readonly from: Micros;
      readonly to: Micros;
      readonly limit: number;
    }
  /** A server's whole history as it is at the position shown, from its `from`-th cell; at most `MAX_CELLS`. */
  | { readonly kind: 'log'; readonly session: SessionId; readonly server: ServerId; readonly from: number }
  /** Epochs and zxids of every server over time, up to the position shown. */
  | { readonly kind: 'ladder'; readonly session: SessionId }
  /** Tree and sessions of one server at the position shown; empty for the service `register`. */
  | { readonly kind: 'tree'; readonly session: SessionId; readonly server: ServerId }
  /** The report that the command line prints for the violation shown. */
  | { readonly kind: 'report'; readonly session: SessionId }
  /** The plan with all that was done by hand, as a file for `zabsim run`. */
  | { readonly kind: 'save'; readonly session: SessionId }
  /** What to put behind the `#` of a link to this run at this position. */
  | { readonly kind: 'link'; readonly session: SessionId }
  /** Where the traces of `main` and `other` part. */
  | { readonly kind: 'compare' }
  /** Reads lessons; those with mistakes are left out, and their mistakes told. */
  | { readonly kind: 'lessons'; readonly texts: readonly LessonText[] }
  /** Marks the run, as it stands with what was done by hand, as an answer to an exercise. */
  | { readonly kind: 'mark'; readonly session: SessionId; readonly exercise: Exercise };

/** One lesson: the texts of its files by their names. */
export interface LessonText {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

export const MAX_EVENTS = 20_000;
export const MAX_CELLS = 2_000;

// ── from the engine

export type Reply =
  | { readonly kind: 'ready'; readonly library: Library }
  | { readonly kind: 'opened'; readonly session: SessionId; readonly about: About }
  | { readonly kind: 'closed'; readonly session: SessionId }
  | { readonly kind: 'frame'; readonly session: SessionId; readonly frame: FrameOnTheWire }
  /** Trace events in order, each once. `from` is the index of the first; what was sent from there on is void. */
  | {
      readonly kind: 'events';
      readonly session: SessionId;
      readonly from: number;
      readonly events: readonly TraceEvent[];
    }
  /** A request was not carried out; each line is a sentence for the user, text and nothing else. `what`: kind of request. */
  | {
      readonly kind: 'refused';
      readonly session: SessionId;
      readonly what: Request['kind'];
      readonly lines: readonly string[];
    }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** The engine itself failed. The page should say so and offer to reload. */
  | { readonly kind: 'fault'; readonly message: string };

/** A frame without what has not changed since the last one of its session (null); `EngineClient` puts it back. */
export interface FrameOnTheWire extends Omit<Frame, 'ledger' | 'violations' | 'hands'> {
  readonly ledger: Frame['ledger'] | null;
  readonly violations: Frame['violations'] | null;
  readonly hands: Frame['hands'] | null;
}

/** What has a name. */
export interface Library {
  readonly scenarios: readonly {
    readonly name: string;
    readonly title: string;
    readonly group: '' | 'bugs' | string;
  }[];
  readonly releases: readonly { readonly name: string; readonly about: string }[];
  readonly bugs: readonly { readonly name: string; readonly title: string }[];
}

/** What does not change while a run is open. */
export interface About {
  readonly name: string;
  readonly title: string;
  readonly teaches: string;
  readonly seed: string;
  /** A release, or the name of a bug. */
  readonly release: string;
  readonly service: 'register' | 'zookeeper';
  readonly servers: readonly ServerId[];
  readonly observers: readonly ServerId[];
  /** The n-th of them is -n. */
  readonly clients: readonly string[];
  readonly endAt: Micros;
  readonly calmAt: Micros | null;
  readonly beyondBudget: boolean;
  /** The steps of the scenario itself, without those done by hand. */
  readonly timeline: readonly Step[];
  readonly stops: readonly Condition[];
  /** What is odd about what was opened: it was made by another version, or its trace is not the one that is played. */
  readonly warnings: readonly string[];
}

export type Answer =
  | { readonly kind: 'events'; readonly from: number; readonly events: readonly TraceEvent[] }
  /** `indexes` of the events in the trace; `total`: how many lie in the window. */
  | {
      readonly kind: 'window';
      readonly indexes: readonly number[];
      readonly events: readonly TraceEvent[];
      readonly total: number;
    }
  | { readonly kind: 'log'; readonly from: number; readonly total: number; readonly cells: readonly LogCell[] }
  | { readonly kind: 'ladder'; readonly points: readonly LadderPoint[] }
  | { readonly kind: 'tree'; readonly nodes: readonly NodeRow[]; readonly sessions: readonly SessionRow[] }
  | { readonly kind: 'report'; readonly lines: readonly string[] }
  | { readonly kind: 'save'; readonly name: string; readonly yaml: string; readonly command: string }
  | { readonly kind: 'link'; readonly text: string }
  | { readonly kind: 'lessons'; readonly lessons: readonly Lesson[]; readonly mistakes: readonly string[] }
  | { readonly kind: 'mark'; readonly mark: Mark }
  | {
      readonly kind: 'compare';
      /** Index of the first trace event that differs; null when one is the beginning of the other, or both are equal. */
      readonly event: number | null;
      readonly at: Micros | null;
      readonly main: TraceEvent | null;
      readonly other: TraceEvent | null;
    }
  | { readonly kind: 'refused'; readonly lines: readonly string[] };

/** From here on one server's numbers are these. At most 500 points a server, thinned evenly if there were more. */
export interface LadderPoint {
  readonly event: number;
  readonly at: Micros;
  readonly server: ServerId;
  readonly up: boolean;
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  /** The last transaction that is logged. */
  readonly lastZxid: Zxid;
}

/** One znode, parents before their children, children in order. */
export interface NodeRow {
  readonly path: string;
  /** null: it has no data. Text, cut after 200 characters; `bytes` is its whole length. */
  readonly data: string | null;
  readonly bytes: number;
  readonly kind: 'persistent' | 'ephemeral' | 'container' | 'ttl';
  /** Of an ephemeral node: the session that owns it. */
  readonly owner: number | null;
  readonly version: number;
  readonly cversion: number;
  readonly mzxid: Zxid;
  readonly children: number;
}

export interface SessionRow {
  readonly session: number;
  readonly timeoutMs: number;
  /** Attached to this very server. */
  readonly here: boolean;
  /** Of a leader: ticks until it expires; null elsewhere. */
  readonly expiresInTicks: number | null;
}
