import { seconds, who } from '../../report/text.ts';
import { eventWords } from '../../report/words.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import { orderAxis, timeAxis, type Axis, type Shown } from './axis.ts';
import type { Cone } from './causality.ts';
import { DiagramIndex, PLANES, RECEIVED } from './diagram-index.ts';
import { DASHES, GLYPHS } from './glyphs.ts';
import { bandLabels } from './scene-spans.ts';
import { BAND_HEIGHT, layOut, leastHeight, TOP, type Arrow, type Scene } from './scene.ts';
import { SVG_STYLE } from './svg-style.ts';

/** A picture of a trace. */
export interface SvgOptions {
  readonly title: string;
  readonly servers: readonly number[];
  /** Names of clients: the n-th is host -n. */
  readonly clients: readonly string[];
  readonly shown: Shown;
  /** The window; what is before it counts for what each server was at its left edge. */
  readonly from: number;
  readonly until: number;
  readonly axis: 'time' | 'order';
  /** Events that are drawn, at most. */
  readonly limit: number;
  /** An event whose past and future stand out; null: none. */
  readonly selected: number | null;
}

/** Room for the names of the lines. */
const GUTTER = 78;
/** Pixels a step where every event is one. */
const STEP = 11;
const TIME_WIDTH = 1600;
const LANE = 58;
const LEGEND = 26;

/** The space-time diagram as a document of its own, in pieces: light and dark, no script, words behind everything that is
 *  pointed at. Gives how many events of the window found no room. */
export function* diagramSvg(
  events: Iterable<TraceEvent>,
  options: SvgOptions,
): Generator<string, { readonly leftOut: number }, void> {
  const { index, leftOut } = indexed(events, options);
  const axis = options.axis === 'time' ? timeAxis(index) : orderAxis(index, options.shown);
  const first = index.firstAt(options.from);
  const left =
    options.axis === 'time' ? Math.min(options.from, axis.end) : first < index.length ? axis.of(first) - 1 : 0;
  const steps = Math.max(1, axis.end - left);
  const scale = options.axis === 'time' ? TIME_WIDTH / steps : STEP;
  const hosts = hostsShown(index, options);
  const width = Math.max(640, Math.ceil(steps * scale) + 40);
  const height = Math.max(leastHeight(hosts.length), TOP + hosts.length * LANE);
  const cone = options.selected !== null && options.selected < index.length ? index.coneOf(options.selected) : null;
  const scene = layOut({ index, axis, shown: options.shown, hosts, view: { left, scale }, width, height, cone });
  yield head(options.title, GUTTER + width, height + LEGEND);
  yield* body(scene, index, { cone, axis, options });
  yield legend(height);
  yield '</svg>\n';
  return { leftOut };
}

/** Reads on to the end of the window, or of the room. */
function indexed(
  events: Iterable<TraceEvent>,
  { servers, clients, from, until, limit }: SvgOptions,
): { readonly index: DiagramIndex; readonly leftOut: number } {
  const index = new DiagramIndex(
    servers,
    clients.map((_, i) => -1 - i),
  );
  let drawn = 0;
  let leftOut = 0;
  for (const event of events) {
    if (event.at > until) break;
    if (event.at >= from && ++drawn > limit) leftOut++;
    else index.observe(event);
  }
  return { index, leftOut };
}

/** All servers, and the clients that do anything. */
function hostsShown(index: DiagramIndex, { servers, clients }: SvgOptions): number[] {
  const busy = new Set<number>();
  for (let i = 0; i < index.length; i++) busy.add(index.host.get(i));
  return [...servers, ...clients.map((_, i) => -1 - i).filter((id) => busy.has(id))];
}

function head(title: string, width: number, height: number): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${SVG_STYLE}</style>`,
    '<defs><clipPath id="plot"><rect x="0" y="0" width="100%" height="100%"/></clipPath>',
    ...PLANES.map(
      (plane) =>
        `<marker id="head-${plane}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
        `<path class="head-${plane}" d="M0 0.5L8 4L0 7.5z"/></marker>`,
    ),
    '<pattern id="looking" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
    '<rect class="looking" width="6" height="6"/><path class="hatch" d="M0 0V6"/></pattern></defs>',
    `<rect class="page" width="${width}" height="${height}"/>`,
    '',
  ].join('\n');
}

interface Context {
  readonly cone: Cone | null;
  readonly axis: Axis;
  readonly options: SvgOptions;
}

function* body(scene: Scene, index: DiagramIndex, { cone, options }: Context): Generator<string, void, void> {
  const { width, height } = scene;
  yield `<svg x="${GUTTER}" width="${width}" height="${height}">\n`;
  for (const { x, label } of scene.ticks)
    yield `<path class="tick" d="M${px(x)} ${TOP - 6}V${height}"/><text class="time" x="${px(x + 3)}" y="12">${label}</text>\n`;
  for (const lane of scene.lanes) {
    yield `<path class="lane" d="M0 ${lane.y}H${width}"/>\n`;
    if (lane.pastTo !== null) yield `<path class="past" d="M0 ${lane.y}H${px(lane.pastTo)}"/>\n`;
    if (lane.futureFrom !== null) yield `<path class="future" d="M${px(lane.futureFrom)} ${lane.y}H${width}"/>\n`;
  }
  for (const { x0, x1, y, state, epoch, phase } of scene.bands) {
    if (state === 'DOWN') continue;
    const kind = state === 'LOOKING' ? 'looking' : phase === 'BROADCAST' ? 'serves' : 'joins';
    const box = `x="${px(x0)}" y="${y - BAND_HEIGHT / 2}" width="${px(x1 - x0)}" height="${BAND_HEIGHT}"`;
    yield `<rect class="band ${kind} e${epoch % 8}${state === 'LEADING' ? ' leads' : ''}" ${box}/>\n`;
  }
  for (const { kind, x0, x1, y } of scene.spans)
    yield `<path class="span ${kind}" d="M${px(x0)} ${kind === 'pause' ? y : y + 6}H${px(x1)}"/>\n`;
  for (const { x, event, kind } of scene.across)
    yield `<g><path class="across ${GLYPHS[kind].tone}" d="M${px(x)} ${TOP - 4}V${height}"/>${titleOf(index, event)}</g>\n`;
  for (const bundle of scene.bundles)
    yield `<path class="bundle ${PLANES[bundle.plane]}" d="M${px(bundle.x)} ${bundle.y0}V${bundle.y1}"/>\n`;
  for (const arrow of scene.arrows) yield arrowSvg(arrow, index);
  for (const { x, y, text } of [...bandLabels(scene.bands, width), ...scene.labels])
    yield `<text class="label" x="${px(x)}" y="${px(y)}">${escaped(text)}</text>\n`;
  for (const { x, y, kind, event, side } of scene.marks) {
    const { path, fill, tone } = GLYPHS[kind];
    const seen = cone !== null && side === 'apart' ? ' apart' : '';
    const place = `transform="translate(${px(x)} ${y})"`;
    const classes = `mark ${fill ? 'full' : 'open'} ${tone}${seen}`;
    yield `<path class="${classes}" ${place} d="${path}">${titleOf(index, event)}</path>\n`;
  }
  yield '</svg>\n';
  yield `<rect class="page" width="${GUTTER}" height="${height}"/>\n`;
  for (const { host, y } of scene.lanes)
    yield `<text class="host" x="${GUTTER - 8}" y="${y + 5}">${escaped(hostLabel(host, options.clients))}</text>\n`;
}

function arrowSvg({ x0, y0, x1, y1, plane, fate, sent, end, side }: Arrow, index: DiagramIndex): string {
  const name = PLANES[plane]!;
  const dash = DASHES[plane]!.length === 0 ? '' : ` stroke-dasharray="${DASHES[plane]!.join(' ')}"`;
  const tip = fate === RECEIVED ? ` marker-end="url(#head-${name})"` : '';
  const seen = side === 'apart' ? ' apart' : '';
  const cross =
    end >= 0 && fate !== RECEIVED ? `<path class="lost" d="M${px(x1 - 4)} ${px(y1 - 4)}l8 8m0 -8l-8 8"/>` : '';
  const line = `<path class="arrow ${name}" d="M${px(x0)} ${px(y0)}L${px(x1)} ${px(y1)}"${dash}${tip}/>`;
  return `<g class="message${seen}">${line}${cross}${titleOf(index, sent)}</g>\n`;
}

function titleOf(index: DiagramIndex, event: number): string {
  const found = index.event(event);
  if (found === undefined) return '';
  const { at, server } = found;
  // What a client is told names the client by itself.
  const subject = server === 0 || 'client' in found ? '' : `${who(server)} `;
  return `<title>${escaped(`${seconds(at)}: ${subject}${eventWords(found)}`)}</title>`;
}

/** `S3`, or a client's name: not longer than there is room. */
export function hostLabel(host: number, clients: readonly string[]): string {
  if (host > 0) return `S${host}`;
  const name = clients[-host - 1] ?? `client ${-host}`;
  return name.length <= 11 ? name : `${name.slice(0, 10)}…`;
}

function legend(top: number): string {
  const items = PLANES.map((plane, i) => {
    const dash = DASHES[i]!.length === 0 ? '' : ` stroke-dasharray="${DASHES[i]!.join(' ')}"`;
    const x = GUTTER + i * 110;
    const arrow = `<path class="arrow ${plane}" d="M${x} ${top + 12}h30"${dash} marker-end="url(#head-${plane})"/>`;
    return `${arrow}<text class="label" x="${x + 36}" y="${top + 16}">${plane}</text>`;
  });
  return `${items.join('\n')}\n`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** As text of XML; what XML has no place for is a question mark. */
function escaped(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '?',
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
