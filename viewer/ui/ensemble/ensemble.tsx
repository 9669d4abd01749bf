import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Frame } from '../../frame.ts';
import { MS, type Micros } from '../../../sim/time.ts';
import { enumerate, who } from '../../../report/text.ts';
import { partition } from '../shell/hands.ts';
import { t } from '../shell/i18n.ts';
import { main } from '../shell/store.ts';
import { Clients, placesOfClients } from './clients.tsx';
import { Flights, Shape } from './flights.tsx';
import { acrossPane, ringOf, sidesOf, type Point, type Ring, type Size } from './geometry.ts';
import { Item, moveFocus } from './item.tsx';
import { Links, linksOf } from './links.tsx';
import { ServerCard, serverWords } from './server-card.tsx';

/** The ensemble as a ring, with all that is under way between its servers. */
export function Ensemble() {
  const frame = main.frame.value;
  const pane = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 640, height: 480 });
  useLayoutEffect(() => {
    const element = pane.current;
    if (element === null) return undefined;
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width > 0 && height > 0) setSize({ width, height });
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return (
    <>
      <div class="ensemble" ref={pane}>
        {frame !== null && <Picture frame={frame} size={size} />}
      </div>
      <Legend />
    </>
  );
}

type Stroke = readonly [from: Point, to: Point];
/** A stroke shorter than this is a click. */
const SHORTEST_STROKE = 14;

function Picture({ frame, size }: { readonly frame: Frame; readonly size: Size }) {
  const picture = useRef<SVGSVGElement>(null);
  const [stroke, setStroke] = useState<Stroke | null>(null);
  const { servers } = frame;
  const ring = useMemo(
    () => ringOf(servers.length, size, frame.clients.length > 0),
    [servers.length, size, frame.clients.length > 0],
  );
  const placeById = new Map(servers.map(({ id }, i) => [id, ring.places[i]!]));
  const placeOf = (id: number): Point => placeById.get(id) ?? ring.centre;
  const clients = placesOfClients(frame, ring, placeOf, size);
  const clientPlaces = new Map(clients.shown.map(({ client, place }) => [client.id, place]));
  const sides = stroke === null ? null : sidesOf(...stroke, ring.places);
  const divides = sides !== null && sides[0].length > 0 && sides[1].length > 0;
  const alarmed = alarmedServer(frame);

  const at = (event: PointerEvent): Point => {
    const box = picture.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  return (
    <svg
      ref={picture}
      class="picture"
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="group"
      tabindex={0}
      aria-label={t('ensemble.picture', { n: servers.length })}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
        if (!moveFocus(event.currentTarget, event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        if (event.button !== 0 || isOnCard(event.target)) return;
        const point = at(event);
        setStroke([point, point]);
      }}
      onPointerMove={(event) => {
        if (stroke === null) return;
        // Only once it is a stroke: a captured pointer clicks the picture and not what is under it.
        if (lengthOf(stroke) >= SHORTEST_STROKE) event.currentTarget.setPointerCapture(event.pointerId);
        setStroke([stroke[0], at(event)]);
      }}
      onPointerUp={() => {
        setStroke(null);
        if (stroke === null || sides === null || !divides || lengthOf(stroke) < SHORTEST_STROKE) return;
        partition(sides.map((side) => side.map((place) => servers[place]!.id)));
      }}
      onPointerCancel={() => setStroke(null)}
    >
      <Links links={linksOf(frame)} ring={ring} placeOf={placeOf} />
      <Centre frame={frame} ring={ring} />
      <Clients places={clients} scale={ring.scale} />
      {servers.map((server, i) => (
        <Item
          key={server.id}
          class={`server server-${server.up ? server.state : 'DOWN'}${server.paused ? ' server-paused' : ''}`}
          of={{ kind: 'server', server: server.id }}
          label={serverWords(server)}
          name={`server-${server.id}`}
          hit={<rect {...cornerOf(placeOf(server.id), ring.card)} {...ring.card} rx={8} />}
        >
          <ServerCard
            server={server}
            place={placeOf(server.id)}
            detail={ring.detail}
            scale={ring.scale}
            alarmed={alarmed === server.id}
            side={!divides ? null : sides[0].includes(i) ? 0 : 1}
          />
        </Item>
      ))}
      <Flights
        flights={frame.flights}
        placeOf={(end) => (end > 0 ? placeOf(end) : (clientPlaces.get(end) ?? null))}
        sizeOf={(end) => (end > 0 ? ring.card : clients.size)}
        scale={ring.scale}
        middle={ring.centre.x}
      />
      {stroke !== null && lengthOf(stroke) >= SHORTEST_STROKE && <StrokeLine stroke={stroke} size={size} />}
    </svg>
  );
}

function cornerOf({ x, y }: Point, { width, height }: Size): Point {
  return { x: x - width / 2, y: y - height / 2 };
}

function lengthOf([from, to]: Stroke): number {
  return Math.hypot(to.x - from.x, to.y - from.y);
}

/** A stroke begins beside servers, clients and messages, on a link or on nothing. */
function isOnCard(target: EventTarget | null): boolean {
  const item = target instanceof Element ? target.closest('[data-kind]') : null;
  return item !== null && item.getAttribute('data-kind') !== 'link';
}

/** A refusal is shown for so long. */
const ALARM: Micros = 20 * MS;

/** The server at which something was just refused or violated. */
function alarmedServer(frame: Frame): number {
  const { stopped, position } = frame;
  const event =
    stopped?.kind === 'violation' ? main.trace.events[stopped.violation.event] : main.trace.events[position.traced - 1];
  if (event === undefined) return 0;
  if (stopped?.kind === 'violation') return event.server;
  return event.kind === 'fenced' && position.at - event.at < ALARM ? event.server : 0;
}

function StrokeLine({ stroke: [a, b], size }: { readonly stroke: Stroke; readonly size: Size }) {
  const [start, end] = acrossPane(a, b, size);
  return (
    <g pointer-events="none">
      <line class="stroke-beyond" x1={start.x} y1={start.y} x2={end.x} y2={end.y} />
      <line class="stroke" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
    </g>
  );
}

function Centre({ frame, ring: { centre, scale } }: { readonly frame: Frame; readonly ring: Ring }) {
  const leaders = frame.servers.filter(({ state }) => state === 'LEADING');
  const leader = frame.servers.find(({ id }) => id === frame.leader);
  const note =
    leaders.length > 1
      ? t('ensemble.twoLeaders', { servers: enumerate(leaders.map(({ id }) => who(id))) })
      : leader === undefined
        ? t('ensemble.noLeader')
        : t('ensemble.leader', { server: who(leader.id) });
  const epoch = Math.max(-1, ...frame.servers.map(({ acceptedEpoch }) => acceptedEpoch ?? -1));
  return (
    <g pointer-events="none" transform={`translate(${centre.x} ${centre.y}) scale(${scale})`}>
      <text class="centre-epoch" y={-4}>
        {t('ensemble.epoch', { epoch: epoch < 0 ? '–' : epoch })}
      </text>
      <text class="centre-note" y={15}>
        {note}
      </text>
    </g>
  );
}

function Legend() {
  const planes = ['election', 'quorum', 'client'] as const;
  const words = { election: t('legend.election'), quorum: t('legend.quorum'), client: t('legend.client') };
  return (
    <div class="legend">
      {planes.map((plane) => (
        <span key={plane}>
          <svg viewBox="-9 -9 18 18" class={`flight-${plane}`} aria-hidden="true">
            <Shape plane={plane} size={7} />
          </svg>
          {words[plane]}
        </span>
      ))}
      <span>
        <svg viewBox="0 0 18 18" aria-hidden="true">
          <line class="link link-follows" x1={0} y1={9} x2={10} y2={9} />
          <path class="follow-arrow" d="M18 9L8 4v10z" />
        </svg>
        {t('legend.follows')}
      </span>
      <span>
        <svg viewBox="0 0 18 18" aria-hidden="true">
          <line class="link link-cut" x1={0} y1={9} x2={18} y2={9} />
        </svg>
        {t('legend.cut')}
      </span>
      <span>
        <svg viewBox="0 0 18 18" aria-hidden="true">
          <line class="link link-clogged" x1={0} y1={9} x2={18} y2={9} />
        </svg>
        {t('legend.clog')}
      </span>
      <span class="legend-hint">{t('ensemble.drawHint')}</span>
    </div>
  );
}
