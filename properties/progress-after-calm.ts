import type { Property, PropertyState } from '../sim/property.ts';
import type { Micros } from '../sim/time.ts';
import { containsQuorum, type QuorumVerifier } from '../sim/zab/quorum.ts';
import { add, has, members, NOBODY, without, type ServerId, type ServerSet } from '../sim/zab/sets.ts';

interface State extends PropertyState {
  readonly verifier: QuorumVerifier;
  readonly servers: readonly ServerId[];
  readonly bound: Micros;
  readonly answerBound: Micros;
  readonly beyondBudget: boolean;
  calmAt: Micros | null;
  up: ServerSet;
  leading: ServerSet;
  /** The epoch in which a server serves, by server id; -1: it does not. */
  readonly serving: number[];
  /** Servers whose process ended of itself, and why. */
  readonly gone: { readonly server: ServerId; readonly why: string }[];
  /** Those without an answer; `sentAt`: when the request left for a server, -1 while the client has none. */
  readonly calls: { readonly client: number; readonly call: number; readonly at: Micros; sentAt: Micros }[];
  /** One leader, with a quorum, and every server that is up serves under it. */
  healthy: boolean;
  /** When it was so last; -1: never. */
  healthyAt: Micros;
  /** Since when it has been so without a break; -1: it is not. */
  healthySince: Micros;
}

export const progressAfterCalm: Property<State> = {
  name: 'progress-after-calm',
  about:
    'Within a bound computed from the configuration after the last fault has been mended, one established leader' +
    ' serves with a quorum, every server that is up serves under it, and every client call has its answer. Excused:' +
    ' no calm, a run that ends too early, a quorum of voters that is not up, data lost beyond what ZAB tolerates.',
  source: 'Zab, DSN 2011, liveness under partial synchrony; Leader.java, Learner.java: initLimit, syncLimit, tickTime',
  kind: 'eventually',
  observes: ['started', 'ended', 'serving', 'leftRole', 'calm', 'invoked', 'returned', 'sent'],
  packets: ['CLIENTREQUEST'],
  start(setup) {
    return {
      premises: 0,
      verifier: setup.verifier,
      servers: setup.servers,
      bound: setup.progressBound,
      answerBound: setup.answerBound,
      beyondBudget: setup.beyondBudget,
      calmAt: null,
      up: NOBODY,
      leading: NOBODY,
      serving: new Array<number>(Math.max(...setup.servers) + 1).fill(-1),
      gone: [],
      calls: [],
      healthy: false,
      healthyAt: -1,
      healthySince: -1,
    };
  },
  observe(state, event) {
    const { server } = event;
    switch (event.kind) {
      case 'calm':
        state.calmAt = event.at;
        return undefined;
      case 'invoked':
        state.calls.push({ client: event.client, call: event.call, at: event.at, sentAt: -1 });
        return undefined;
      case 'sent': {
        if (event.message.kind !== 'CLIENTREQUEST') return undefined;
        const { cxid } = event.message.request;
        const sent = state.calls.find(({ client, call }) => client === -server && call === cxid);
        if (sent !== undefined) sent.sentAt = event.at;
        return undefined;
      }
      case 'returned': {
        const at = state.calls.findIndex(({ client, call }) => client === event.client && call === event.call);
        if (at < 0) return undefined;
        const [asked] = state.calls.splice(at, 1);
        return event.outcome === 'unknown' ? unanswered(state, asked!, event.at) : undefined;
      }
      case 'started':
        state.up = add(state.up, server);
        state.serving[server] = -1;
        break;
      case 'ended':
        state.up = without(state.up, server);
        state.serving[server] = -1;
        if (event.how === 'exit' || event.how === 'refused') state.gone.push({ server, why: event.why });
        break;
      case 'serving':
        state.serving[server] = event.epoch;
        state.leading = event.role === 'LEADING' ? add(state.leading, server) : without(state.leading, server);
        break;
      case 'leftRole':
        state.serving[server] = -1;
        break;
      default:
        return undefined;
    }
    if (state.healthy) state.healthyAt = event.at;
    state.healthy = isHealthy(state);
    if (state.healthy) state.healthyAt = event.at;
    if (!state.healthy) state.healthySince = -1;
    else if (state.healthySince < 0) state.healthySince = event.at;
    return undefined;
  },
  settled(state) {
    return state.calmAt !== null && state.healthy && state.calls.length === 0;
  },
  finish(state, end) {
    const { calmAt, bound } = state;
    if (calmAt === null) return { excused: 'the run had no calm' };
    const why = whatIsMissing(state, end.at);
    // What is reached early is reached.
    if (why !== undefined && end.at < calmAt + bound)
      return { excused: `the run ended before the bound was over: ${why}` };
    if (!containsQuorum(state.verifier, state.up)) return { excused: whyDown(state) };
    state.premises++;
    if (why === undefined) return undefined;
    return state.beyondBudget ? { excused: `${why}, after damage beyond what ZAB tolerates` } : { violated: why };
  },
};

/** A call that was given up on although all had been well since before a server got it, and for long enough. */
function unanswered(state: State, asked: State['calls'][number], at: Micros): string | undefined {
  const { calmAt, healthySince, answerBound, beyondBudget } = state;
  if (calmAt === null || healthySince < 0 || asked.sentAt < Math.max(calmAt, healthySince) || beyondBudget)
    return undefined;
  if (at - asked.sentAt < answerBound || !state.servers.every((id) => has(state.up, id))) return undefined;
  state.premises++;
  return `call ${asked.call} of client ${asked.client} was not answered although all is calm and everybody serves`;
}

function isHealthy(state: State): boolean {
  let epoch = -1;
  for (const id of members(state.leading & state.up)) if (state.serving[id]! > epoch) epoch = state.serving[id]!;
  if (epoch < 0 || !containsQuorum(state.verifier, state.up)) return false;
  for (const id of state.servers) if (has(state.up, id) && state.serving[id] !== epoch) return false;
  return true;
}

function whyDown(state: State): string {
  const gone = state.gone.filter(({ server }) => !has(state.up, server));
  const reasons = gone.map(({ server, why }) => `${server}: ${why}`);
  return reasons.length === 0 ? 'no quorum of voters is up' : `no quorum of voters is up (${reasons.join('; ')})`;
}

function whatIsMissing(state: State, end: Micros): string | undefined {
  const calmAt = state.calmAt ?? end;
  const healthyAt = state.healthy ? end : state.healthyAt;
  if (healthyAt < Math.max(calmAt, end - state.bound)) {
    const leaders = members(state.leading & state.up).filter((id) => state.serving[id]! >= 0);
    if (leaders.length === 0) return `no leader serves ${Math.floor((end - calmAt) / 1000)} ms after the last fault`;
    const lost = members(state.up).filter((id) => state.serving[id] !== state.serving[leaders[leaders.length - 1]!]);
    return `servers ${lost.join(', ')} do not serve under the leader ${leaders.join(', ')} although all is calm`;
  }
  const everybodyUp = state.servers.every((id) => has(state.up, id));
  for (const { client, call, at } of state.calls)
    if (everybodyUp && Math.max(at, calmAt) + state.bound < end)
      return `call ${call} of client ${client} has no answer although all is calm`;
  return undefined;
}
