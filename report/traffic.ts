import type { ClientModel } from '../sim/scenario.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { MS, type Micros } from '../sim/time.ts';
import { count, seconds, whoSet, zxidText } from './text.ts';
import { callWords, txnWords } from './words.ts';

export interface TrafficLine {
  readonly at: Micros;
  readonly server: number;
  readonly text: string;
}

interface Sum<T> {
  readonly first: T;
  last: T;
  times: number;
}

type Kind<K extends TraceEvent['kind']> = Extract<TraceEvent, { readonly kind: K }>;

const QUIET: Micros = 300 * MS;

/** Requests, commits and answers between two turns of a story, summed up: a long run must not be a long story. */
export class Traffic {
  readonly #clients: readonly ClientModel[];
  #lastAt: Micros = 0;
  readonly #commits = new Map<number, Sum<Kind<'committed'>>>();
  readonly #asked = new Map<number, Sum<Kind<'invoked'>>>();
  readonly #answered = new Map<string, Sum<Kind<'returned'>>>();

  constructor(clients: readonly ClientModel[]) {
    this.#clients = clients;
  }

  /** True for an event that is part of the traffic, and so not told by itself. */
  observe(event: TraceEvent): boolean {
    const { at, kind } = event;
    if (kind === 'committed' || kind === 'invoked' || kind === 'returned') this.#lastAt = at;
    switch (event.kind) {
      case 'committed':
        sum(this.#commits, event.server, event);
        return true;
      case 'invoked':
        if (this.#byHand(event.client)) sum(this.#asked, event.client, event);
        return true;
      case 'returned':
        // A busy client is heard of when something went wrong.
        if (this.#byHand(event.client) || event.outcome !== 'ok')
          sum(this.#answered, `${event.client} ${event.outcome} ${event.error ?? ''}`, event);
        return true;
      case 'proposed':
      case 'logged':
        return true;
      default:
        return false;
    }
  }

  /** True when requests made by hand were followed by silence: they are worth a line of their own. */
  quiet(now: Micros): boolean {
    return this.#asked.size > 0 && now - this.#lastAt > QUIET;
  }

  /** What has been summed up, in the order of its beginning, and forgets it. */
  flush(): TrafficLine[] {
    if (this.#commits.size + this.#asked.size + this.#answered.size === 0) return [];
    const lines = [
      ...[...this.#asked.values()].map((asked) => this.#askedLine(asked)),
      ...[...this.#commits.values()].map(commitLine),
      ...[...this.#answered.values()].map((answered) => this.#answeredLine(answered)),
    ];
    this.#commits.clear();
    this.#asked.clear();
    this.#answered.clear();
    return lines.sort((a, b) => a.at - b.at);
  }

  /** It does only what the timeline says. */
  #byHand(client: number): boolean {
    const model = this.#clients[client - 1];
    return model?.operations === 0 && model.program === undefined;
  }

  #askedLine({ first, last, times }: Sum<Kind<'invoked'>>): TrafficLine {
    const name = this.#clients[first.client - 1]?.name ?? String(first.client);
    const what =
      times === 1 ? callWords(first) : `${count(times, 'request')}, from ${callWords(first)} to ${callWords(last)}`;
    return {
      at: first.at,
      server: 0,
      text: `client ${name} asks${first.server > 0 ? ` S${first.server}` : ''}: ${what}`,
    };
  }

  #answeredLine({ first, last, times }: Sum<Kind<'returned'>>): TrafficLine {
    const name = this.#clients[first.client - 1]?.name ?? String(first.client);
    const error = first.error === null ? '' : ` (${first.error})`;
    const zxid = first.outcome === 'ok' && last.zxid > 0 ? ` at ${zxidText(last.zxid)}` : '';
    const value = times === 1 && first.value !== null ? `, value ${first.value}` : '';
    const outcome = `${first.outcome}${error}${value}${zxid}`;
    return {
      at: first.at,
      server: 0,
      text: `client ${name}: ${times === 1 ? outcome : `${count(times, 'answer')} ${outcome}`}`,
    };
  }
}

function sum<K, T>(into: Map<K, Sum<T>>, key: K, event: T): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, { first: event, last: event, times: 1 });
  else {
    known.last = event;
    known.times++;
  }
}

function commitLine({ first, last, times }: Sum<Kind<'committed'>>): TrafficLine {
  const text =
    times === 1
      ? `commits ${txnWords(first.txn)}, acknowledged by ${whoSet(first.acks)}`
      : `commits ${zxidText(first.txn.zxid)} .. ${zxidText(last.txn.zxid)}: ` +
        `${count(times, 'transaction')}, until ${seconds(last.at)}`;
  return { at: first.at, server: first.server, text };
}
