import type { Histories } from './histories.ts';
import type { Setup } from './setup.ts';
import type { TraceEvent, TraceKind } from './trace.ts';
import type { MessageKind } from './zab/messages.ts';

/** Plain data that a property keeps; `premises` counts how often it had something to judge. */
export interface PropertyState {
  premises: number;
}

/** A claim about the trace. Its state is plain data, so that an explorer can clone and hash it.
 *  Methods, not function-valued fields: parameters are then compared bivariantly, so that a `Property<S>` of any `S`
 *  stands in one list. */
export interface Property<S extends PropertyState = PropertyState> {
  /** Kebab case, the name of its file. */
  readonly name: string;
  /** One sentence: what must hold. */
  readonly about: string;
  /** Where it comes from: a paper, a specification, a section of the Java source. */
  readonly source: string;
  /** always: never violated. eventually: true once faults have stopped. */
  readonly kind: 'always' | 'eventually';
  /** `recipes`: it judges programs of clients, and watches where a recipe runs that names it. Random plans hold none; the
   *  scenarios of its mistakes show that it can fail. Left out: it watches every run. */
  readonly subject?: 'recipes';
  /** The kinds of trace events it wants to see; it is shown no others. */
  readonly observes: readonly TraceKind[];
  /** Of `sent` and `received`, only packets of these kinds; without it, all. */
  readonly packets?: readonly MessageKind[];
  start(setup: Setup): S;
  /** Sees each event it asked for once, in order, after `histories` has; may change `state`.
   *  Returns why the event violates the property, if it does. */
  observe(state: S, event: TraceEvent, histories: Histories): string | undefined;
  /** Judges the end of the run, for `eventually`. An excuse is returned as `excused`, and is not a failure. */
  finish?(
    state: S,
    end: { readonly at: number; readonly histories: Histories },
  ): { readonly violated: string } | { readonly excused: string } | undefined;
  /** For `eventually`: true while all that it waits for has happened, so that a search need not wait for the end. */
  settled?(state: S): boolean;
}

export interface Violation {
  readonly property: string;
  /** Index of the violating event in the trace. */
  readonly event: number;
  /** Virtual microseconds. */
  readonly at: number;
  readonly why: string;
}
