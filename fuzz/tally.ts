/** What runs of a batch have shown, added up. Maps and numbers alone, so that it travels between threads; adding up is
 *  commutative, so that neither the number of workers nor the number of shards shows in the sum. */
export interface Tally {
  runs: number;
  /** Runs that the event budget ended. */
  undecided: number;
  /** Applied events, and events of the trace. */
  events: number;
  traceEvents: number;
  virtualUs: number;
  /** Premises by property: how often each had something to judge. */
  readonly premises: Map<string, number>;
  /** Runs in which a property of liveness was excused. */
  readonly excused: Map<string, number>;
  readonly faults: Map<string, { asked: number; landed: number }>;
  /** In how many plans each feature of the swarm was on. */
  readonly features: Map<string, number>;
  /** In how many runs each situation was reached, and the first of them. */
  readonly situations: Map<string, { runs: number; first: number }>;
  /** Every abstract state, with the index of the first run that reached it. */
  readonly states: Map<number, number>;
  /** By fingerprint. */
  readonly failures: Map<string, FailureGroup>;
  /** Runs in which zabsim itself failed. */
  readonly ownFaults: OwnFaultOfRun[];
}

/** All failures that are one story. */
export interface FailureGroup {
  readonly property: string;
  readonly fingerprint: string;
  /** The run that stands for the group, the one with the fewest events, and what its property said. */
  run: number;
  events: number;
  why: string;
  /** Every run that failed so, by its index. */
  readonly runs: number[];
}

export interface OwnFaultOfRun {
  readonly run: number;
  readonly message: string;
  readonly stack: readonly string[];
}

export function newTally(): Tally {
  return {
    runs: 0,
    undecided: 0,
    events: 0,
    traceEvents: 0,
    virtualUs: 0,
    premises: new Map(),
    excused: new Map(),
    faults: new Map(),
    features: new Map(),
    situations: new Map(),
    states: new Map(),
    failures: new Map(),
    ownFaults: [],
  };
}

/** Adds `part` to `total`. Returns the last run of `part` that reached a state or a situation which `total` did not know;
 *  -1: there was none. */
export function absorb(total: Tally, part: Tally): number {
  total.runs += part.runs;
  total.undecided += part.undecided;
  total.events += part.events;
  total.traceEvents += part.traceEvents;
  total.virtualUs += part.virtualUs;
  for (const [name, premises] of part.premises) addTo(total.premises, name, premises);
  for (const [name, runs] of part.excused) addTo(total.excused, name, runs);
  for (const [name, runs] of part.features) addTo(total.features, name, runs);
  for (const [name, { asked, landed }] of part.faults) addFault(total, name, asked, landed);
  let lastNew = -1;
  for (const [name, { runs, first }] of part.situations) {
    const known = total.situations.get(name);
    if (known === undefined) {
      total.situations.set(name, { runs, first });
      lastNew = Math.max(lastNew, first);
    } else {
      known.runs += runs;
      known.first = Math.min(known.first, first);
    }
  }
  for (const [state, first] of part.states) {
    const known = total.states.get(state);
    if (known === undefined) lastNew = Math.max(lastNew, first);
    if (known === undefined || first < known) total.states.set(state, first);
  }
  for (const group of part.failures.values()) addFailures(total, group);
  total.ownFaults.push(...part.ownFaults);
  total.ownFaults.sort((a, b) => a.run - b.run);
  return lastNew;
}

export function addTo(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

export function addFault(tally: Tally, name: string, asked: number, landed: number): void {
  const known = tally.faults.get(name);
  if (known === undefined) tally.faults.set(name, { asked, landed });
  else {
    known.asked += asked;
    known.landed += landed;
  }
}

export function addFailures(tally: Tally, group: FailureGroup): void {
  const known = tally.failures.get(group.fingerprint);
  if (known === undefined) {
    tally.failures.set(group.fingerprint, { ...group, runs: [...group.runs] });
    return;
  }
  if (group.events < known.events || (group.events === known.events && group.run < known.run)) {
    known.run = group.run;
    known.events = group.events;
    known.why = group.why;
  }
  known.runs.push(...group.runs);
  known.runs.sort((a, b) => a - b);
}
