import { eventWords } from '../words.ts';
import { hostName, inWindow, label, type ExportFormat, type ExportRun, type Written } from './format.ts';
import { ZAB_VARIABLES, ZabStates, type ZabServer, zxidPair } from './zab-states.ts';

/** The Informal Trace Format: a state for each event that changes a variable of Zab.tla.
 *  Source: ADR-015 of Apalache. */
export const itf: ExportFormat = {
  name: 'itf',
  about: 'states in the variables of Zab.tla, in the Informal Trace Format',
  opens: 'the ITF trace viewer of VS Code, Quint, Apalache',
  limit: { of: 'states', most: 1000 },
  skip: [],
  *write(run: ExportRun): Generator<string, Written, void> {
    const states = new ZabStates(run.scenario);
    const meta = {
      format: 'ITF',
      'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
      description: `${run.scenario.name}, seed ${run.seed}, release ${run.scenario.release}`,
      source: 'zabsim',
      varTypes: {
        state: 'Str -> Str',
        zabState: 'Str -> Str',
        acceptedEpoch: 'Str -> Int',
        currentEpoch: 'Str -> Int',
        history: 'Str -> Seq({ zxid: <<Int, Int>>, value: Str, ackSid: Set(Str), epoch: Int })',
        lastCommitted: 'Str -> { index: Int, zxid: <<Int, Int>> }',
        connectInfo: 'Str -> Str',
        action: 'Str',
        at: 'Int',
      },
    };
    yield `{"#meta":${JSON.stringify(meta)},\n`;
    yield `"vars":${JSON.stringify([...ZAB_VARIABLES, 'action', 'at'])},\n"states":[\n`;
    const before = stateOf(run, states, 'Init', Math.max(0, run.from), 0);
    let pending: string | null = before;
    let index = 0;
    let leftOut = 0;
    for (const event of run.events) {
      if (!states.observe(event)) continue;
      if (event.at < run.from) {
        pending = stateOf(run, states, 'before the window', run.from, 0);
        continue;
      }
      if (!inWindow(run, event)) continue;
      if (pending !== null) yield pending;
      pending = null;
      if (index + 1 >= run.limit) {
        leftOut++;
        continue;
      }
      index++;
      const action = `${hostName(run.scenario, event.server)} ${label(eventWords(event))}`;
      yield `,\n${stateOf(run, states, action, event.at, index)}`;
    }
    if (pending !== null) yield pending;
    yield '\n]}\n';
    return { leftOut };
  },
};

function stateOf({ scenario }: ExportRun, states: ZabStates, action: string, at: number, index: number): string {
  const map = (value: (server: ZabServer) => unknown): object => ({
    '#map': states.voters.map((id) => [hostName(scenario, id), value(states.of(id))]),
  });
  return JSON.stringify({
    '#meta': { index },
    state: map(({ state }) => state),
    zabState: map(({ zabState }) => zabState),
    acceptedEpoch: map(({ acceptedEpoch }) => int(acceptedEpoch)),
    currentEpoch: map(({ currentEpoch }) => int(currentEpoch)),
    history: map(({ history }) =>
      history.map((txn) => ({
        zxid: pair(txn.zxid),
        value: label(JSON.stringify(txn.body)),
        ackSid: { '#set': [] },
        epoch: int(zxidPair(txn.zxid)[0]),
      })),
    ),
    lastCommitted: map(({ lastCommitted }) => ({ index: int(lastCommitted.index), zxid: pair(lastCommitted.zxid) })),
    connectInfo: map(({ connectInfo }) => (connectInfo === 0 ? 'NullPoint' : hostName(scenario, connectInfo))),
    action,
    at: int(at),
  });
}

function int(value: number): object {
  return { '#bigint': String(value) };
}

function pair(zxid: number): object {
  return { '#tup': zxidPair(zxid).map(int) };
}
