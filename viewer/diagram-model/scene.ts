import type { Micros } from '../../sim/time.ts';
import type { Axis, Shown } from './axis.ts';
import type { Band } from './bands.ts';
import type { Cone, ConeSide } from './causality.ts';
import type { DiagramIndex } from './diagram-index.ts';
import type { MarkKind } from './marks.ts';
import { sceneMarks } from './scene-marks.ts';
import { sceneMessages } from './scene-messages.ts';
import { sceneBands, sceneSpans } from './scene-spans.ts';
import { ticksOf } from './ticks.ts';

/** What is looked at: the step of the axis at the left edge, and how many pixels a step takes. */
export interface View {
  readonly left: number;
  readonly scale: number;
}

/** What to lay out. Lengths are CSS pixels; x begins where the lines begin, right of their names. */
export interface Wanted {
  readonly index: DiagramIndex;
  readonly axis: Axis;
  readonly shown: Shown;
  /** Lines from top to bottom. */
  readonly hosts: readonly number[];
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly cone: Cone | null;
}

export interface Lane {
  readonly host: number;
  readonly y: number;
  /** Past and future of the cone on this line, as far as they can be seen; null: none. */
  readonly pastTo: number | null;
  readonly futureFrom: number | null;
}

export interface SceneBand extends Band {
  readonly x0: number;
  readonly x1: number;
  readonly y: number;
}

/** A pause of a server, or a call of a client. */
export interface SceneSpan {
  readonly x0: number;
  readonly x1: number;
  readonly y: number;
  readonly kind: 'pause' | 'waiting' | 'ok' | 'failed' | 'unknown';
}

export interface Arrow {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly plane: number;
  readonly fate: number;
  readonly rank: number;
  /** Events at its two ends; `end` is -1 while it is under way. */
  readonly sent: number;
  readonly end: number;
  readonly side: ConeSide;
}

/** Messages between two lines that are too many to be drawn one by one. */
export interface Bundle {
  readonly x: number;
  readonly y0: number;
  readonly y1: number;
  readonly plane: number;
  readonly count: number;
}

export interface SceneMark {
  readonly x: number;
  readonly y: number;
  readonly kind: MarkKind;
  /** The weightiest event here, and how many there are. */
  readonly event: number;
  readonly count: number;
  readonly side: ConeSide;
}

/** Something that befalls no one in particular: a line through all lines. */
export interface Across {
  readonly x: number;
  readonly event: number;
  readonly kind: MarkKind;
}

export interface Tick {
  readonly x: number;
  readonly at: Micros;
  readonly label: string;
}

export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly event: number;
}

/** A picture without a pen: canvas and SVG draw the same one. */
export interface Scene {
  /** Pixels of the axis left of the picture: what repeats itself is anchored to it. */
  readonly origin: number;
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly Lane[];
  readonly bands: readonly SceneBand[];
  readonly spans: readonly SceneSpan[];
  readonly bundles: readonly Bundle[];
  readonly arrows: readonly Arrow[];
  readonly marks: readonly SceneMark[];
  readonly across: readonly Across[];
  readonly ticks: readonly Tick[];
  readonly labels: readonly Label[];
  /** Messages in the window, and how many of them are in bundles. */
  readonly messages: number;
  readonly bundled: number;
}

/** Above the lines: times. Below them: nothing but a margin. */
export const TOP = 24;
const BOTTOM = 8;
/** Lines are no closer than this. */
export const LANE_GAP = 40;
export const BAND_HEIGHT = 12;

/** The height that so many lines need at least. */
export function leastHeight(lanes: number): number {
  return TOP + BOTTOM + lanes * LANE_GAP;
}

/** Everything that several parts of the layout look up. */
export interface Layout extends Wanted {
  /** Events in the window: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  readonly lanes: readonly Lane[];
  /** y of the line of a host; undefined: it has none. */
  readonly yOf: ReadonlyMap<number, number>;
  xOf(event: number): number;
  /** As `xOf`, no farther than a little beyond the edges: also for what has no end. */
  edge(event: number): number;
}

/** Beyond the edges, so that what begins outside is drawn up to them. */
const OUTSIDE = 40;

export function layOut(wanted: Wanted): Scene {
  const layout = layoutOf(wanted);
  const messages = sceneMessages(layout);
  const { marks, across } = sceneMarks(layout);
  return {
    origin: wanted.view.left * wanted.view.scale,
    width: wanted.width,
    height: wanted.height,
    lanes: layout.lanes,
    bands: sceneBands(layout),
    spans: sceneSpans(layout),
    ...messages,
    marks,
    across,
    ticks: ticksOf(wanted),
  };
}

/** The bands alone, for their names. */
export function bandsOf(wanted: Wanted): readonly SceneBand[] {
  return sceneBands(layoutOf(wanted));
}

function layoutOf(wanted: Wanted): Layout {
  const { axis, view, index, hosts, width, height } = wanted;
  const xOf = (event: number): number => (axis.of(event) - view.left) * view.scale;
  const edge = (event: number): number => {
    if (event >= index.length) return Math.min(width + OUTSIDE, (axis.end - view.left) * view.scale);
    return Math.max(-OUTSIDE, Math.min(width + OUTSIDE, xOf(event)));
  };
  const beyond = OUTSIDE / view.scale;
  const yOf = heightsOf(hosts, height);
  return {
    ...wanted,
    first: axis.firstAt(view.left - beyond),
    end: axis.firstAt(view.left + width / view.scale + beyond),
    lanes: hosts.map((host) => laneOf(host, yOf.get(host)!, wanted.cone, edge)),
    yOf,
    xOf,
    edge,
  };
}

/** y of the line of each host, from top to bottom. */
export function heightsOf(hosts: readonly number[], height: number): ReadonlyMap<number, number> {
  const gap = (height - TOP - BOTTOM) / Math.max(1, hosts.length);
  return new Map(hosts.map((host, place) => [host, Math.round(TOP + gap * (place + 0.5))]));
}

function laneOf(host: number, y: number, cone: Cone | null, edge: (event: number) => number): Lane {
  const past = cone?.past.get(host);
  const future = cone?.future.get(host);
  return {
    host,
    y,
    pastTo: past === undefined ? null : edge(past),
    futureFrom: future === undefined ? null : edge(future),
  };
}

/** Where an event lies in the cone that is shown; without one, everything is as near. */
export function sideOfEvent({ index, cone }: Pick<Wanted, 'index' | 'cone'>, event: number): ConeSide {
  return cone === null ? 'past' : index.sideIn(cone, event);
}
