import { copyHistory, type Entry, type Histories, type History } from '../sim/histories.ts';
import type { Property, PropertyState } from '../sim/property.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { epochOf, formatZxid, type Zxid } from '../sim/zab/zxid.ts';

/** What a primary had delivered when it first broadcast. */
interface Primary {
  readonly epoch: number;
  readonly server: ServerId;
  readonly delivered: History;
}

interface State extends PropertyState {
  readonly silent: boolean;
  /** Ascending by epoch. */
  readonly primaries: Primary[];
}

export const primaryIntegrity: Property<State> = {
  name: 'primary-integrity',
  about:
    'Before the primary of an epoch broadcasts, it has delivered every transaction of earlier epochs that anyone' +
    ' ever delivers. Silent once data may have been lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, Primary integrity; Zab.tla PrimaryIntegrity samples connected pairs only',
  kind: 'always',
  observes: ['proposed', 'applied', 'serving'],
  start(setup) {
    return { premises: 0, silent: setup.beyondBudget, primaries: [] };
  },
  observe(state, event, histories) {
    if (state.silent) return undefined;
    switch (event.kind) {
      case 'proposed':
        return onBroadcast(state, event.server, epochOf(event.txn.zxid), histories);
      case 'applied':
        return event.delivered ? onDelivery(state, event.server, event.txn, histories) : undefined;
      case 'serving':
        return onServing(state, event.server, histories);
      default:
        return undefined;
    }
  },
};

function onBroadcast(state: State, server: ServerId, epoch: number, histories: Histories): string | undefined {
  const { primaries } = state;
  let at = primaries.length;
  while (at > 0 && primaries[at - 1]!.epoch > epoch) at--;
  if (primaries[at - 1]?.epoch === epoch) return undefined;
  const { canon, order } = histories;
  const { delivered } = histories.server(server);
  canon.settle(delivered);
  canon.settle(order);
  primaries.splice(at, 0, { epoch, server, delivered: copyHistory(delivered) });
  state.premises++;
  const expected = Math.min(order.common, canon.lengthBelow(epoch));
  for (let k = delivered.common; k < expected; k++)
    if (!canon.hasAt(delivered, k)) return say(server, epoch, canon.zxidAt(k));
  for (const txn of order.tail)
    if (epochOf(txn.zxid) < epoch && !canon.contains(delivered, txn)) return say(server, epoch, txn.zxid);
  return undefined;
}

function onDelivery(state: State, server: ServerId, txn: Entry, histories: Histories): string | undefined {
  const epoch = epochOf(txn.zxid);
  const { primaries } = state;
  for (let i = primaries.length - 1; i >= 0; i--) {
    const primary = primaries[i]!;
    if (primary.epoch <= epoch) break;
    state.premises++;
    histories.canon.settle(primary.delivered);
    if (!histories.canon.contains(primary.delivered, txn)) return say(primary.server, primary.epoch, txn.zxid, server);
  }
  return undefined;
}

function onServing(state: State, server: ServerId, histories: Histories): string | undefined {
  const { canon } = histories;
  const { delivered } = histories.server(server);
  for (const primary of state.primaries) {
    const reach = Math.min(delivered.common, canon.lengthBelow(primary.epoch));
    if (reach <= histories.deliveredBefore && delivered.tail.length === 0) continue;
    state.premises++;
    canon.settle(primary.delivered);
    for (let k = primary.delivered.common; k < reach; k++)
      if (!canon.hasAt(primary.delivered, k)) return say(primary.server, primary.epoch, canon.zxidAt(k), server);
    for (const txn of delivered.tail)
      if (epochOf(txn.zxid) < primary.epoch && !canon.contains(primary.delivered, txn))
        return say(primary.server, primary.epoch, txn.zxid, server);
  }
  return undefined;
}

function say(primary: ServerId, epoch: number, zxid: Zxid, deliverer?: ServerId): string {
  const whom = deliverer === undefined ? 'others have' : `server ${deliverer} has`;
  const what = formatZxid(zxid);
  return `server ${primary} broadcast in epoch ${epoch} before it delivered ${what}, which ${whom} delivered`;
}
