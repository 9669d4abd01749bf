import { withoutChroot } from '../sim/clients/chroot.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { ClientState, RecipeDetail, TraceEvent } from '../sim/trace.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import type { Answer, Operation, WatchEventType } from '../sim/zookeeper/operations.ts';
import { answerWords, factWords, stateWords } from './client-words.ts';
import type { Paint } from './paint.ts';
import { columns, fitted, pad, printable, seconds, WIDTH } from './text.ts';
import { callWords } from './words.ts';

/** What one client lived through, in the order of the trace: its calls, where each began, and what it was told. */
export type HistoryRow = CallRow | ToldRow;

export interface CallRow {
  readonly kind: 'call';
  readonly at: Micros;
  readonly call: number;
  readonly op: Extract<TraceEvent, { readonly kind: 'invoked' }>['op'];
  readonly operation: Operation | null;
  /** In words. */
  readonly what: string;
  outcome: 'ok' | 'failed' | 'unknown' | 'pending';
  /** null: it has no answer. */
  returnedAt: Micros | null;
  zxid: Zxid | null;
  error: string | null;
  value: number | null;
  answer: Answer | null;
}

export type ToldRow = { readonly at: Micros } & (
  | { readonly kind: 'state'; readonly state: ClientState; readonly server: number; readonly session: number }
  | { readonly kind: 'watch'; readonly type: WatchEventType; readonly path: string; readonly zxid: Zxid }
  | { readonly kind: 'fact'; readonly fact: string; readonly detail: RecipeDetail }
) & { readonly words: string };

/** Gathers the history of one client; memory grows with it alone. */
export class ClientHistory {
  readonly rows: HistoryRow[] = [];
  readonly #client: number;
  readonly #chroot: string;
  readonly #open = new Map<number, CallRow>();

  /** `client`: its number, from 1. `chroot`: of its paths; '' when it has none. */
  constructor(client: number, chroot = '') {
    this.#client = client;
    this.#chroot = chroot;
  }

  observe(event: TraceEvent): void {
    if (!('client' in event) || event.client !== this.#client) return;
    const { at } = event;
    switch (event.kind) {
      case 'invoked':
        this.#invoked(event);
        return;
      case 'returned':
        this.#returned(event);
        return;
      case 'clientState': {
        const { state, server, session } = event;
        this.rows.push({ kind: 'state', at, state, server, session, words: stateWords(event) });
        return;
      }
      case 'watchEvent': {
        const { type, path, zxid } = event;
        this.rows.push({ kind: 'watch', at, type, path, zxid, words: `watch: ${type} ${printable(path, 50)}` });
        return;
      }
      case 'recipe':
        this.rows.push({ kind: 'fact', at, fact: event.fact, detail: event.detail, words: factWords(event) });
        return;
    }
  }

  #invoked(event: Extract<TraceEvent, { readonly kind: 'invoked' }>): void {
    const { at, call, op, operation } = event;
    const row: CallRow = {
      kind: 'call',
      at,
      call,
      op,
      operation,
      what: callWords(event),
      outcome: 'pending',
      returnedAt: null,
      zxid: null,
      error: null,
      value: null,
      answer: null,
    };
    this.#open.set(call, row);
    this.rows.push(row);
  }

  #returned(event: Extract<TraceEvent, { readonly kind: 'returned' }>): void {
    const row = this.#open.get(event.call);
    if (row === undefined) return;
    this.#open.delete(event.call);
    row.outcome = event.outcome;
    row.returnedAt = event.at;
    row.zxid = event.zxid;
    row.error = event.error;
    row.value = event.value;
    row.answer = withoutChroot(this.#chroot, event.answer);
  }
}

/** The columns of a call: time, number, what, outcome, zxid, how long it took. */
const WIDTHS = { at: 10, call: 6, what: 25, outcome: 15, zxid: 11 };

/** A table of 80 columns. */
export function historyLines(rows: readonly HistoryRow[], paint: Paint): string[] {
  const { at, call, what, outcome, zxid } = WIDTHS;
  const head = `${'at'.padStart(at)} ${'call'.padStart(call)}  ${pad('what', what)} ${pad('outcome', outcome)} ${pad('zxid', zxid)} ms`;
  return [
    paint.title(head),
    ...rows.flatMap((row) => (row.kind === 'call' ? callLines(row, paint) : [toldLine(row, paint)])),
  ];
}

function callLines(row: CallRow, paint: Paint): string[] {
  const { at, call, what, outcome, zxid } = WIDTHS;
  const result = printable(row.error ?? row.outcome, 32);
  const colour = row.outcome === 'ok' ? paint.good : row.outcome === 'failed' ? paint.fence : paint.fault;
  const head = `${seconds(row.at).padStart(at)} ${String(row.call).padStart(call)}`;
  const number = row.zxid === null || row.zxid === 0 ? '' : row.zxid < 0 ? '-' : formatZxid(row.zxid);
  const rest = `${pad(number, zxid)} ${tookWords(row)}`;
  const margin = ' '.repeat(at + call + 3);
  // What is too long for its column has a line of its own, and so has what stands behind the longest names of errors.
  const tails =
    result.length <= outcome
      ? [` ${colour(pad(result, outcome))} ${rest}`]
      : [` ${colour(result)}`, ` ${' '.repeat(outcome)} ${rest}`];
  const beside = columns(row.what) <= what;
  const lines = [
    ...(beside ? [] : [`${head}  ${fitted(row.what, WIDTH - at - call - 3)}`]),
    ...tails.map(
      (tail, i) => (beside && i === 0 ? `${head}  ${pad(row.what, what)}` : margin + ' '.repeat(what)) + tail,
    ),
  ];
  const answer =
    row.answer === null ? (row.value === null ? '' : String(row.value)) : answerWords(row.answer, row.operation);
  if (answer !== '') lines.push(paint.dim(`${margin}-> ${fitted(answer, WIDTH - at - call - 6)}`));
  return lines.map((line) => line.trimEnd());
}

/** How long the call took, in ms: to the tenth, where that is not lost in the size of the number. */
function tookWords({ at, returnedAt }: CallRow): string {
  if (returnedAt === null) return '';
  const ms = (returnedAt - at) / 1000;
  return ms.toFixed(ms < 1000 ? 1 : 0);
}

function toldLine(row: ToldRow, paint: Paint): string {
  const { at, call } = WIDTHS;
  const head = `${seconds(row.at).padStart(at)} ${'--'.padStart(call)}  `;
  const colour = row.kind !== 'state' ? paint.leader : row.state === 'Connected' ? paint.good : paint.fault;
  return head + colour(fitted(row.words, WIDTH - at - call - 3));
}

/** The name of a client, or its number, as its number; null when there is none. */
export function clientNumber({ clients }: Scenario, text: string): number | null {
  const named = clients.findIndex(({ name }) => name === text);
  if (named >= 0) return named + 1;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= clients.length ? number : null;
}
