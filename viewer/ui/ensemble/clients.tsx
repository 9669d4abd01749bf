import type { ClientFrame, Frame } from '../../frame.ts';
import { who } from '../../../report/text.ts';
import { t } from '../shell/i18n.ts';
import { CLIENT_GAP, CLIENT_HEIGHT, type Point, type Ring, type Size } from './geometry.ts';
import { Item } from './item.tsx';

/** Clients beside their servers: above those of the upper half, below the others; who has no server waits in a corner. */

const CLIENT_SIZE: Size = { width: 74, height: CLIENT_HEIGHT };
const MOST_AT_A_SERVER = 3;
const MOST_AWAY = 6;

export interface ClientPlace {
  readonly client: ClientFrame;
  readonly place: Point;
  /** The card it hangs on; null: none. */
  readonly anchor: Point | null;
}

export interface ClientPlaces {
  readonly size: Size;
  readonly shown: readonly ClientPlace[];
  /** Clients there was no room for, and where their number stands. */
  readonly more: readonly { readonly place: Point; readonly count: number }[];
}

export function placesOfClients(
  frame: Frame,
  ring: Ring,
  placeOf: (server: number) => Point,
  pane: Size,
): ClientPlaces {
  const shown: ClientPlace[] = [];
  const more: { place: Point; count: number }[] = [];
  const { scale } = ring;
  const size = { width: CLIENT_SIZE.width * scale, height: CLIENT_SIZE.height * scale };
  const step = size.width + 6;
  for (const { id } of frame.servers) {
    const here = frame.clients.filter((client) => client.server === id && client.state !== 'idle');
    const middle = placeOf(id);
    const up = middle.y <= ring.centre.y ? -1 : 1;
    const y = middle.y + up * (ring.card.height / 2 + (CLIENT_GAP + CLIENT_HEIGHT / 2) * scale);
    const row = here.slice(0, MOST_AT_A_SERVER);
    const wide = row.length * step + (here.length > row.length ? 34 : 0);
    const left = Math.max(4, Math.min(middle.x - wide / 2, pane.width - wide - 4));
    const anchor = { x: middle.x, y: middle.y + (up * ring.card.height) / 2 };
    row.forEach((client, i) => shown.push({ client, place: { x: left + (i + 0.5) * step, y }, anchor }));
    if (here.length > row.length)
      more.push({ place: { x: left + row.length * step + 14, y }, count: here.length - row.length });
  }
  const away = frame.clients.filter((client) => client.state === 'idle');
  const y = pane.height - size.height / 2 - 6;
  const room = Math.max(1, Math.min(MOST_AWAY, Math.floor((pane.width - 50) / step)));
  away
    .slice(0, room)
    .forEach((client, i) => shown.push({ client, place: { x: 6 + (i + 0.5) * step, y }, anchor: null }));
  if (away.length > room) more.push({ place: { x: 6 + room * step + 16, y }, count: away.length - room });
  return { size, shown, more };
}

export function Clients({ places, scale }: { readonly places: ClientPlaces; readonly scale: number }) {
  return (
    <g>
      {places.shown.map((place) => (
        <Client key={place.client.id} at={place} scale={scale} />
      ))}
      {places.more.map(({ place, count }) => (
        <text
          key={`${place.x} ${place.y}`}
          class="label"
          x={place.x}
          y={place.y + 4}
          font-size={12}
          text-anchor="middle"
        >
          +{count}
        </text>
      ))}
    </g>
  );
}

function Client({ at: { client, place, anchor }, scale }: { readonly at: ClientPlace; readonly scale: number }) {
  const away = client.state !== 'connected';
  const { width, height } = CLIENT_SIZE;
  const waiting = client.waiting.length;
  return (
    <Item
      class={away ? 'client client-away' : 'client'}
      of={{ kind: 'client', client: client.id }}
      label={
        away
          ? t('ensemble.clientAway', { client: client.name })
          : t('ensemble.clientAt', { client: client.name, server: who(client.server), n: waiting })
      }
      name={`client-${-client.id}`}
      hit={
        <rect
          x={place.x - (width / 2) * scale}
          y={place.y - (height / 2) * scale}
          width={width * scale}
          height={height * scale}
        />
      }
    >
      {anchor !== null && (
        <line
          class="client-link"
          x1={place.x}
          y1={place.y}
          x2={anchor.x}
          y2={anchor.y}
          stroke-dasharray={away ? '2 4' : undefined}
        />
      )}
      <g transform={`translate(${place.x} ${place.y}) scale(${scale})`}>
        <rect x={-width / 2} y={-height / 2} width={width} height={height} rx={5} />
        <text y={4} font-size={11.5} text-anchor="middle">
          {cutTo(client.name, waiting > 0 ? 7 : 10)}
          {waiting > 0 && <tspan font-weight={700}> …{waiting}</tspan>}
        </text>
      </g>
    </Item>
  );
}

function cutTo(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}
