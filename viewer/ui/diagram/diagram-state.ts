import { batch, signal, type Signal } from '@preact/signals';
import { orderAxis, timeAxis, type Axis, type Shown } from '../../diagram-model/axis.ts';
import type { Cone } from '../../diagram-model/causality.ts';
import { DiagramIndex } from '../../diagram-model/diagram-index.ts';
import { hit, type Hit } from '../../diagram-model/hit.ts';
import { bandsOf, heightsOf, layOut, type Scene, type SceneBand, type View } from '../../diagram-model/scene.ts';
import type { About } from '../../protocol.ts';
import type { Micros } from '../../../sim/time.ts';
import type { Run } from '../shell/store.ts';

/** Pixels a step, when a diagram is first shown. */
const FIRST_SCALE = 10;
const MOST_SCALE = { order: 60, time: 1 } as const;
/** Pixels around the pointer in which something may be meant by it. */
const AROUND = 60;
/** Where the present stands while the picture follows it, as a share of the width. */
const PRESENT_AT = 0.72;

/** One diagram: what it knows of its run, and what of it is looked at. Lives on while another view is open. */
export class DiagramState {
  readonly run: Run;
  readonly kind: Signal<Axis['kind']>;
  readonly shown: Signal<Shown>;
  readonly view: Signal<View>;
  /** The picture moves along with the present. */
  readonly follow: Signal<boolean>;
  /** A moment that is pointed out by a line; null: none. */
  readonly marked: Signal<Micros | null>;
  /** The event that is pointed at; null: none. */
  readonly hovered = signal<Hit | null>(null);
  /** Room for the picture, right of the names; 0: not known yet. */
  readonly size = signal({ width: 0, height: 0 });
  #index = new DiagramIndex([], []);
  #axis: Axis = timeAxis(this.#index);
  #about: About | null = null;
  #voided = -1;
  #axisOf: { readonly index: DiagramIndex; readonly kind: Axis['kind']; readonly shown: Shown } | null = null;
  #cone: { readonly event: number; readonly length: number; readonly index: DiagramIndex; readonly cone: Cone } | null =
    null;

  /** `like`: one that is looked at in the same way; where one goes, the other goes along. */
  constructor(run: Run, like?: DiagramState) {
    this.run = run;
    this.kind = like?.kind ?? signal<Axis['kind']>('order');
    this.shown = like?.shown ?? signal<Shown>({ heartbeats: false, planes: [true, true, true] });
    this.view = like?.view ?? signal<View>({ left: -2, scale: FIRST_SCALE });
    this.follow = like?.follow ?? signal(true);
    this.marked = like?.marked ?? signal<Micros | null>(null);
  }

  /** Brought level with the trace. Reading it subscribes to nothing. */
  get index(): DiagramIndex {
    const { trace, about } = this.run;
    const known = about.peek();
    if (known !== this.#about || trace.voided !== this.#voided || trace.events.length < this.#index.length) {
      this.#about = known;
      this.#voided = trace.voided;
      this.#index = new DiagramIndex(known?.servers ?? [], known?.clients.map((_, i) => -1 - i) ?? []);
    }
    this.#index.extend(trace.events);
    return this.#index;
  }

  get axis(): Axis {
    const { index } = this;
    const [kind, shown] = [this.kind.peek(), this.shown.peek()];
    const made = this.#axisOf;
    if (made === null || made.index !== index || made.kind !== kind || made.shown !== shown) {
      this.#axis = kind === 'time' ? timeAxis(index) : orderAxis(index, shown);
      this.#axisOf = { index, kind, shown };
    }
    this.#axis.extend();
    return this.#axis;
  }

  /** Lines from top to bottom. */
  get hosts(): readonly number[] {
    const about = this.run.about.peek();
    if (about === null) return [];
    const clients = this.shown.peek().planes[2] ? about.clients.map((_, i) => -1 - i) : [];
    return [...about.servers, ...clients];
  }

  cone(event: number | null): Cone | null {
    const { index } = this;
    if (event === null || event >= index.length) return null;
    const last = this.#cone;
    if (last !== null && last.event === event && last.index === index && last.length === index.length) return last.cone;
    const cone = index.coneOf(event);
    this.#cone = { event, length: index.length, index, cone };
    return cone;
  }

  /** A stretch of the picture, in pixels of the axis (its steps times the scale). */
  layOut(from: number, width: number, selected: number | null): Scene {
    const { index, axis, hosts } = this;
    const { height } = this.size.peek();
    const { scale } = this.view.peek();
    const view = { left: from / scale, scale };
    return layOut({ index, axis, shown: this.shown.peek(), hosts, view, width, height, cone: this.cone(selected) });
  }

  /** The bands of the picture alone. */
  bands(): readonly SceneBand[] {
    const { index, axis, hosts } = this;
    const { width, height } = this.size.peek();
    const view = this.view.peek();
    return bandsOf({ index, axis, shown: this.shown.peek(), hosts, view, width, height, cone: null });
  }

  /** Pixels of the axis left of the picture. */
  get offset(): number {
    const { left, scale } = this.view.peek();
    return left * scale;
  }

  /** Where an event stands in the picture. */
  placeOf(event: number): { readonly x: number; readonly y: number | null } {
    const { left, scale } = this.view.peek();
    return { x: (this.axis.of(event) - left) * scale, y: this.heights.get(this.index.host.get(event)) ?? null };
  }

  /** y of the line of each host. */
  get heights(): ReadonlyMap<number, number> {
    return heightsOf(this.hosts, this.size.peek().height);
  }

  /** What is at a place of the picture. */
  hit(x: number, y: number): Hit | null {
    return hit(this.layOut(this.offset + x - AROUND, 2 * AROUND, null), AROUND, y);
  }

  /** Where the present stands on the axis. */
  present(at: number): number {
    const { axis, index } = this;
    const traced = this.run.frame.peek()?.position.traced ?? 0;
    // Of events at one and the same time, those after the position are still to come.
    if (axis.kind === 'order' && traced > 0 && traced < index.length && index.at.get(traced) <= at)
      return axis.of(traced - 1) + 0.5;
    return Math.min(axis.stepAt(at), axis.kind === 'order' ? axis.end + 1 : Infinity);
  }

  // ── moving

  panBy(pixels: number): void {
    const { left, scale } = this.view.peek();
    this.look({ left: left + pixels / scale, scale });
  }

  /** Around a place of the picture, which stays where it is. */
  zoomBy(factor: number, x: number = this.size.peek().width / 2): void {
    const { left, scale } = this.view.peek();
    const next = this.#clampedScale(scale * factor);
    this.look({ left: left + x / scale - x / next, scale: next });
  }

  fit(): void {
    this.follow.value = false;
    const { width } = this.size.peek();
    const { end } = this.axis;
    this.look({ left: -end * 0.01, scale: this.#clampedScale(width / Math.max(1, end * 1.02)) });
  }

  look(view: View): void {
    const { end } = this.axis;
    const across = this.size.peek().width / view.scale;
    const left = Math.max(-0.5 * across, Math.min(end - 0.1 * across, view.left));
    this.view.value = { left, scale: view.scale };
  }

  /** So that an event is to be seen. */
  reveal(event: number): void {
    const { left, scale } = this.view.peek();
    const { width } = this.size.peek();
    const x = (this.axis.of(event) - left) * scale;
    if (x >= width * 0.06 && x <= width * 0.94) return;
    this.look({ left: this.axis.of(event) - width / 2 / scale, scale });
  }

  /** Keeps the present in the picture. */
  followTo(at: number): void {
    const { left, scale } = this.view.peek();
    const { width } = this.size.peek();
    const x = (this.present(at) - left) * scale;
    if (x >= width * 0.08 && x <= width * 0.86) return;
    this.look({ left: this.present(at) - (width * PRESENT_AT) / scale, scale });
  }

  /** The other axis, with the same moment in the middle. */
  chooseAxis(kind: Axis['kind']): void {
    if (kind === this.kind.peek()) return;
    const { width } = this.size.peek();
    const { left, scale } = this.view.peek();
    const from = this.axis.timeAt(left);
    const middle = this.axis.timeAt(left + width / 2 / scale);
    const to = this.axis.timeAt(left + width / scale);
    batch(() => {
      this.kind.value = kind;
      const across = kind === 'time' ? Math.max(1000, to - from) : 0;
      const next = this.#clampedScale(kind === 'time' ? width / across : FIRST_SCALE);
      this.look({ left: this.axis.stepAt(middle) - width / 2 / next, scale: next });
    });
  }

  #clampedScale(scale: number): number {
    const { axis } = this;
    const least = (this.size.peek().width || 600) / Math.max(40, axis.end * 1.1);
    return Math.max(Math.min(least, MOST_SCALE[axis.kind]), Math.min(MOST_SCALE[axis.kind], scale));
  }
}
