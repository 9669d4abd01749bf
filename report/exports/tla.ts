import { eventWords } from '../words.ts';
import { hostName, inWindow, label, type ExportFormat, type ExportRun, type Written } from './format.ts';
import { ZAB_VARIABLES, ZabStates, type ZabServer, zxidPair } from './zab-states.ts';

/** A module whose only behaviour is the run, in the variables of Apache's Zab.tla, with invariants of that specification
 *  that need no other variables.
 *  Source: zookeeper-specifications/protocol-spec/Zab.tla. */
export const tla: ExportFormat = {
  name: 'tla',
  about: 'a TLA+ module that walks through the run in the variables of Zab.tla',
  opens: 'TLC (the command stands in the module), the TLA+ extension of VS Code',
  limit: { of: 'states', most: 1000 },
  skip: [],
  *write(run: ExportRun): Generator<string, Written, void> {
    const states = new ZabStates(run.scenario);
    yield head(run, states);
    let rows: string[] = [rowOf(run, states, 'Init', Math.max(0, run.from))];
    let count = 1;
    let leftOut = 0;
    for (const event of run.events) {
      if (!states.observe(event)) continue;
      if (event.at < run.from) rows = [rowOf(run, states, 'before the window', run.from)];
      else if (!inWindow(run, event)) continue;
      else if (count >= run.limit) leftOut++;
      else {
        count++;
        const action = `${hostName(run.scenario, event.server)} ${label(eventWords(event))}`;
        // All but the latest are written: what comes before the window may still be replaced.
        yield rows.map((row) => `${row},\n`).join('');
        rows = [rowOf(run, states, action, event.at)];
      }
    }
    yield `${rows.join('')}\n>>\n`;
    yield tail();
    return { leftOut };
  },
};

function head({ scenario, seed }: ExportRun, states: ZabStates): string {
  const servers = states.voters.map((id) => quoted(hostName(scenario, id))).join(', ');
  return `------------------------------ MODULE ZabTrace ------------------------------
(* ${comment(scenario.name)}, seed ${comment(seed)}, release ${comment(scenario.release)}, as zabsim played it.
   Variables, their types and their meaning are those of Zab.tla. Of its
   servers, an observer is none; history is what is on disk; ackSid is empty. Times are in ms.

   java -cp tla2tools.jar tlc2.TLC -deadlock -config ZabTrace.cfg ZabTrace
   with ZabTrace.cfg:
     SPECIFICATION Spec
     INVARIANTS TypeOK PhaseFits EpochsInOrder HistoryInOrder LeaderUnique CommittedAgree
     PROPERTY EpochsOnlyGrow *)
EXTENDS Integers, Sequences, FiniteSets, TLC

LOOKING == "LOOKING"
FOLLOWING == "FOLLOWING"
LEADING == "LEADING"
ELECTION == "ELECTION"
DISCOVERY == "DISCOVERY"
SYNCHRONIZATION == "SYNCHRONIZATION"
BROADCAST == "BROADCAST"
NullPoint == "NullPoint"
Server == {${servers}}

VARIABLES ${ZAB_VARIABLES.join(', ')}, step
vars == <<${ZAB_VARIABLES.join(', ')}, step>>

Trace == <<
`;
}

function tail(): string {
  const at = (where: string, prime: string): string =>
    ZAB_VARIABLES.map((name) => `  /\\ ${name}${prime} = Trace[${where}].${name}`).join('\n');
  return `
Init ==
  /\\ step = 1
${at('1', '')}

Next ==
  /\\ step < Len(Trace)
  /\\ step' = step + 1
${at("step'", "'")}

Spec == Init /\\ [][Next]_vars

TypeOK ==
  /\\ state \\in [Server -> {LOOKING, FOLLOWING, LEADING}]
  /\\ zabState \\in [Server -> {ELECTION, DISCOVERY, SYNCHRONIZATION, BROADCAST}]
  /\\ \\A s \\in Server: connectInfo[s] \\in Server \\cup {NullPoint}

\\* A phase belongs to its state, as in the actions of Zab.tla.
PhaseFits == \\A s \\in Server: (state[s] = LOOKING) <=> (zabState[s] = ELECTION)

EpochsInOrder == \\A s \\in Server: currentEpoch[s] =< acceptedEpoch[s]

ZxidLess(a, b) == \\/ a[1] < b[1]
                  \\/ a[1] = b[1] /\\ a[2] < b[2]

HistoryInOrder ==
  \\A s \\in Server: \\A i \\in 1 .. Len(history[s]) - 1:
    ZxidLess(history[s][i].zxid, history[s][i + 1].zxid)

\\* Zab.tla, Leadership: at most one leader broadcasts in an epoch.
LeaderUnique ==
  \\A s, t \\in Server:
    (/\\ state[s] = LEADING /\\ zabState[s] = BROADCAST
     /\\ state[t] = LEADING /\\ zabState[t] = BROADCAST
     /\\ currentEpoch[s] = currentEpoch[t]) => s = t

Committed(s) == SelectSeq(history[s], LAMBDA txn: ~ZxidLess(lastCommitted[s].zxid, txn.zxid))

\\* Zab.tla, Total order: what one has delivered begins what the other has, or the other way round.
CommittedAgree ==
  \\A s, t \\in Server:
    (state[s] /= LOOKING /\\ state[t] /= LOOKING /\\ zabState[s] = BROADCAST /\\ zabState[t] = BROADCAST) =>
      \\A i \\in 1 .. (IF Len(Committed(s)) < Len(Committed(t)) THEN Len(Committed(s)) ELSE Len(Committed(t))):
        Committed(s)[i].zxid = Committed(t)[i].zxid

EpochsOnlyGrow == [][\\A s \\in Server: acceptedEpoch'[s] >= acceptedEpoch[s]]_vars
=============================================================================
`;
}

function rowOf({ scenario }: ExportRun, states: ZabStates, action: string, at: number): string {
  const each = (value: (server: ZabServer) => string): string =>
    states.voters.map((id) => `${quoted(hostName(scenario, id))} :> ${value(states.of(id))}`).join(' @@ ');
  const fields = [
    `state |-> (${each(({ state }) => quoted(state))})`,
    `zabState |-> (${each(({ zabState }) => quoted(zabState))})`,
    `acceptedEpoch |-> (${each(({ acceptedEpoch }) => String(acceptedEpoch))})`,
    `currentEpoch |-> (${each(({ currentEpoch }) => String(currentEpoch))})`,
    `history |-> (${each(({ history }) => `<<${history.map(({ zxid, body }) => txnOf(zxid, body)).join(', ')}>>`)})`,
    `lastCommitted |-> (${each(({ lastCommitted: { index, zxid } }) => `[index |-> ${index}, zxid |-> ${pair(zxid)}]`)})`,
    `connectInfo |-> (${each(({ connectInfo }) => quoted(connectInfo === 0 ? 'NullPoint' : hostName(scenario, connectInfo)))})`,
    `action |-> ${quoted(action)}`,
    `at |-> ${Math.floor(at / 1000)}`,
  ];
  return `  [${fields.join(',\n   ')}]`;
}

function txnOf(zxid: number, body: unknown): string {
  const value = quoted(label(JSON.stringify(body), 80));
  return `[zxid |-> ${pair(zxid)}, value |-> ${value}, ackSid |-> {}, epoch |-> ${zxidPair(zxid)[0]}]`;
}

function pair(zxid: number): string {
  return `<<${zxidPair(zxid).join(', ')}>>`;
}

/** TLA+ strings: printable ASCII, with the escapes of the language. */
function quoted(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Inside a comment, which ends at the first `*)`. */
function comment(text: string): string {
  return label(text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/\*\)|\(\*/g, '**'));
}
