import { packetWords } from '../../report/words.ts';
import { underWay, type UnderWay } from '../../sim/chosen-packet.ts';
import { cutOn } from '../../sim/network.ts';
import type { World } from '../../sim/world.ts';
import type { Message } from '../../sim/zab/messages.ts';
import type { Zxid } from '../../sim/zab/zxid.ts';
import type { ConnectionFrame, Flight, LinkFrame } from '../frame.ts';
import type { Played } from './played.ts';
import { countBelow } from './trace-index.ts';

/** Every message under way, with the trace event that sent it. */
export function flightsOf(world: World, played: Played, traced: number): Flight[] {
  const packets = underWay(world);
  const sent = sendersOf(packets, played, traced);
  const counts = new Map<string, number>();
  return packets.map((packet, i): Flight => {
    const { connection, direction, message, arrival } = packet;
    const { plane, ends } = connection;
    const from = ends[direction];
    const to = ends[direction === 0 ? 1 : 0];
    const key = `${from} ${to} ${message.kind}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const event = sent[i] ?? -1;
    return {
      event,
      plane,
      connection: connection.id,
      kind: message.kind,
      from,
      to,
      sentAt: played.trace[event]?.at ?? world.now,
      dueAt: arrival?.at ?? null,
      held: arrival === null ? (cutOn(world.network, from, to, plane)?.fault ?? 'dial') : null,
      zxid: zxidOf(message),
      nth,
      words: packetWords(message),
    };
  });
}

export function zxidOf(message: Message): Zxid | null {
  if ('txn' in message) return message.txn.zxid;
  return 'zxid' in message && message.zxid >= 0 ? message.zxid : null;
}

/** Which trace event sent each packet: on every direction of a connection the last ones that were sent, the newest first, told
 *  apart by the message itself. */
function sendersOf(packets: readonly UnderWay[], played: Played, traced: number): (number | undefined)[] {
  const senders: (number | undefined)[] = packets.map(() => undefined);
  const cursors = new Map<number, number>();
  for (let i = packets.length - 1; i >= 0; i--) {
    const { connection, direction, message, place } = packets[i]!;
    const list = played.index.sentOn(connection.id, direction);
    // Datagrams come in any order, and perhaps twice: each is looked for from the end.
    const key = connection.id * 2 + direction;
    let cursor = (place < 0 ? undefined : cursors.get(key)) ?? countBelow(list, traced);
    for (cursor--; cursor >= 0; cursor--) {
      const event = played.trace[list[cursor]!];
      if (event?.kind === 'sent' && isSame(event.message, message)) break;
    }
    if (cursor >= 0) senders[i] = list[cursor]!;
    cursors.set(key, Math.max(0, cursor));
  }
  return senders;
}

/** The copies of a replayed world have messages of their own, with the same contents. */
function isSame(one: Message, other: Message): boolean {
  if (one === other) return true;
  if (one.kind !== other.kind) return false;
  // A snapshot may be large, and has a number of its own.
  if (one.kind === 'SNAP' && other.kind === 'SNAP') return one.snapshot.id === other.snapshot.id;
  return JSON.stringify(one) === JSON.stringify(other);
}

export function linksOf(world: World): LinkFrame[] {
  const { cuts, slow } = world.network;
  return [
    ...cuts.map(({ from, to, fault, planes, since }): LinkFrame => ({ from, to, fault, planes, since, extra: null })),
    ...slow
      .filter(({ until }) => until > world.now)
      .map(({ from, to, extra }): LinkFrame => ({
        from,
        to,
        fault: null,
        planes: ['election', 'quorum', 'client'],
        since: 0,
        extra: [extra[0], extra[1]],
      })),
  ];
}

export function connectionsOf(world: World): ConnectionFrame[] {
  return [...world.network.connections.values()].map(({ id, plane, ends, open, dead }) => ({
    id,
    plane,
    ends,
    whole: open[0] && open[1] && !dead,
  }));
}
