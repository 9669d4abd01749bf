import { readFileSync } from 'node:fs';

/** What servers say of elections and synchronizations in their logs. The words are those of FastLeaderElection.java,
 *  LearnerHandler.java, Learner.java and QuorumPeer.java. */

export interface LogLine {
  readonly server: number;
  readonly run: number;
  readonly at: number;
  readonly logger: string;
  readonly text: string;
}

/** Lines with a time of their own; stack traces are left out. */
export function readServerLog(path: string, server: number, run: number): readonly LogLine[] {
  const lines: LogLine[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const found = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) [A-Z]+ (\S+) - (.*)$/.exec(line);
    if (found === null) continue;
    const [, second = '', ms = '', logger = '', text = ''] = found;
    lines.push({ server, run, at: Date.parse(`${second}.${ms}`), logger, text });
  }
  return lines;
}

interface SeenElection {
  server: number;
  run: number;
  proposedZxid: string;
  vote?: { leader: number; zxid: string };
  becomes?: string;
}

/** By server, then by time. `lines` of one server are in the order of their times. */
export function electionsOf(lines: readonly LogLine[]): readonly SeenElection[] {
  const elections: SeenElection[] = [];
  let open: SeenElection | undefined;
  for (const { server, run, text } of lines) {
    const began = /^New election\. My id = (\d+), proposed zxid=(0x[0-9a-f]+)/.exec(text);
    if (began !== null) {
      open = { server, run, proposedZxid: began[2] ?? '' };
      elections.push(open);
    }
    const ended = /^About to leave FLE instance: leader=(\d+), zxid=(0x[0-9a-f]+), my id=(\d+), my state=(\w+)/.exec(
      text,
    );
    if (ended === null || open?.server !== server || open.run !== run) continue;
    open.vote = { leader: Number(ended[1]), zxid: ended[2] ?? '' };
    open.becomes = ended[4] ?? '';
    open = undefined;
  }
  return elections.sort((a, b) => a.server - b.server);
}

interface SeenSync {
  leader: number;
  learner: number;
  maxCommittedLog: string;
  minCommittedLog: string;
  lastProcessedZxid: string;
  peerLastZxid: string;
  mode: { op: string; zxid: string }[];
  via: string | null;
  learnerSaw?: { op: string; zxid: string };
  cannotTrunc?: boolean;
  unhandled?: string;
  gap?: boolean;
  txnlogRejected?: string;
}

const BEGIN =
  /^Synchronizing with Learner sid: (\d+) maxCommittedLog=(\S+) minCommittedLog=(\S+) lastProcessedZxid=(\S+) peerLastZxid=(\S+)/;

/** By learner, then leader, then time. */
export function syncsOf(lines: readonly LogLine[]): readonly SeenSync[] {
  // In the same millisecond, what a leader begins goes before what its learner sees.
  const began = (line: LogLine): number => (BEGIN.test(line.text) ? 0 : 1);
  const inTime = [...lines].sort((a, b) => a.at - b.at || began(a) - began(b));
  const syncs: SeenSync[] = [];
  const find = (leader: number, learner: number): SeenSync | undefined =>
    syncs.findLast((sync) => sync.leader === leader && sync.learner === learner);
  const latest = new Map<number, SeenSync>();
  for (const line of inTime) {
    const found = BEGIN.exec(line.text);
    if (found !== null) {
      const [, learner, max, min, last, peer] = found.map(String);
      const sync: SeenSync = {
        leader: line.server,
        learner: Number(learner),
        maxCommittedLog: max ?? '',
        minCommittedLog: min ?? '',
        lastProcessedZxid: last ?? '',
        peerLastZxid: peer ?? '',
        mode: [],
        via: null,
      };
      syncs.push(sync);
      latest.set(line.server, sync);
      continue;
    }
    sawLeader(line, find, latest.get(line.server));
    sawLearner(line, syncs);
  }
  return syncs.sort((a, b) => a.learner - b.learner || a.leader - b.leader);
}

function sawLeader(
  { server, text }: LogLine,
  find: (leader: number, learner: number) => SeenSync | undefined,
  latest: SeenSync | undefined,
): void {
  const sent = /^Sending (DIFF) zxid=(\S+)\s+for peer sid: ?(\d+)/.exec(text);
  const cut = /^Sending TRUNC to follower zxidToSend=(\S+)\s+for peer sid: ?(\d+)/.exec(text);
  const named = /(?:peer sid|peer): ?(\d+)/.exec(text);
  const sync = named === null ? latest : find(server, Number(named[1]));
  if (sync === undefined) return;
  if (sent !== null) sync.mode.push({ op: 'DIFF', zxid: sent[2] ?? '' });
  else if (cut !== null) sync.mode.push({ op: 'TRUNC', zxid: cut[1] ?? '' });
  else if (text.startsWith('Sending snapshot last zxid of peer'))
    sync.mode.push({ op: 'SNAP', zxid: /send zxid of db as (0x[0-9a-f]+)/.exec(text)?.[1] ?? '' });
  else if (text.startsWith('Using committedLog')) sync.via = 'committedLog';
  else if (text.startsWith('Use txnlog and committedLog')) sync.via = 'txnlog+committedLog';
  else if (text.startsWith('Cannot send TRUNC')) sync.cannotTrunc = true;
  else if (text.startsWith('Unhandled scenario')) sync.unhandled = text;
  else if (text.startsWith('Txnlog size:')) sync.txnlogRejected = 'size';
  else if (text.startsWith('Unable to find proposals from txnlog'))
    sync.txnlogRejected = "first txn found is newer than the peer's zxid";
}

function sawLearner({ server, text }: LogLine, syncs: readonly SeenSync[]): void {
  const got =
    /^Getting a (diff) from the leader (\S+)/.exec(text) ??
    /^Getting a (snapshot) from leader (\S+)/.exec(text) ??
    /^(Truncating) log to get in sync with the leader (\S+)/.exec(text);
  if (got === null) return;
  const sync = syncs.findLast((one) => one.learner === server);
  const op = got[1] === 'diff' ? 'DIFF' : got[1] === 'snapshot' ? 'SNAP' : 'TRUNC';
  if (sync !== undefined) sync.learnerSaw = { op, zxid: got[2] ?? '' };
}
