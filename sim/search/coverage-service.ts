import type { TraceEvent } from '../trace.ts';
import type { TreeTxn } from '../zookeeper/operations.ts';

/** Situations of the replicated service and its clients, and how they show in a trace. */
export const SERVICE_SITUATIONS = {
  'session-moved': 'A request came by way of a server that a session had left.',
  'session-reconnected': 'A client went on with its session at another server.',
  'client-learned-expiry': 'A client was told that its session is over.',
  'ephemerals-removed': 'A session ended and took ephemerals with it.',
  'write-refused': 'A write failed validation and took a zxid all the same.',
  'version-conflict': 'A write named another version than there was.',
  'sequential-created': 'A node got its name from the counter of its parent.',
  'multi-applied': 'A multi with several operations was proposed.',
  'multi-failed': 'A multi failed after its first operations had been prepared.',
  'container-reaped': 'A container or TTL node was removed by the leader.',
  'watch-told': 'A client was told of a change that it watched.',
  'outcome-unknown': 'A client lost its connection with a request under way.',
} as const satisfies Readonly<Record<string, string>>;

export type ServiceSituation = keyof typeof SERVICE_SITUATIONS;

/** What it must remember of the clients: at which server each is connected, and with which session. */
export class ServiceCoverage {
  readonly #places = new Map<number, { session: number; server: number }>();
  readonly #reach: (situation: ServiceSituation) => void;

  constructor(reach: (situation: ServiceSituation) => void) {
    this.#reach = reach;
  }

  observe(event: TraceEvent): void {
    switch (event.kind) {
      case 'proposed':
        this.#proposed(event.txn.body);
        return;
      case 'returned':
        if (event.outcome === 'unknown') this.#reach('outcome-unknown');
        return;
      case 'watchEvent':
        this.#reach('watch-told');
        return;
      case 'clientState':
        this.#clientState(event);
        return;
      default:
        return;
    }
  }

  #proposed(body: Extract<TraceEvent, { kind: 'proposed' }>['txn']['body']): void {
    switch (body.kind) {
      case 'closeSession':
        if (body.paths.length > 0) this.#reach('ephemerals-removed');
        return;
      case 'error':
        this.#reach('write-refused');
        if (body.error === 'SESSIONMOVED') this.#reach('session-moved');
        if (body.error === 'BADVERSION') this.#reach('version-conflict');
        return;
      case 'write':
        if (isTreeWrite(body.op)) this.#written(body.op.txn);
        return;
      default:
        return;
    }
  }

  #written(txn: TreeTxn): void {
    switch (txn.type) {
      case 'create':
      case 'create2':
        if (/\d{10}$/.test(txn.path)) this.#reach('sequential-created');
        return;
      case 'deleteContainer':
        this.#reach('container-reaped');
        return;
      case 'multi':
        if (txn.txns[0]?.type === 'error') return;
        this.#reach(txn.txns.some(({ type }) => type === 'error') ? 'multi-failed' : 'multi-applied');
        return;
      default:
        return;
    }
  }

  #clientState({ client, state, session, server }: Extract<TraceEvent, { kind: 'clientState' }>): void {
    if (state === 'Expired') this.#reach('client-learned-expiry');
    if (state !== 'Connected') return;
    const before = this.#places.get(client);
    if (before !== undefined && before.session === session && before.server !== server)
      this.#reach('session-reconnected');
    this.#places.set(client, { session, server });
  }
}

/** The body of a write is opaque to all but its service. */
function isTreeWrite(op: unknown): op is { readonly txn: TreeTxn } {
  return typeof op === 'object' && op !== null && 'txn' in op;
}
