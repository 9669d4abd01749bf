import { mark } from '../../course/mark.ts';
import { PROPERTIES } from '../../properties/index.ts';
import { explain } from '../../report/explain.ts';
import { explanationLines } from '../../report/failure-report.ts';
import { PLAIN } from '../../report/paint.ts';
import { stampLine } from '../../report/stamp.ts';
import { printable, shellWord } from '../../report/text.ts';
import { parseScenario } from '../../scenarios/parse.ts';
import { writeScenario } from '../../scenarios/write.ts';
import { run } from '../../sim/run.ts';
import type { Expectation, Scenario } from '../../sim/scenario.ts';
import { fingerprintOf } from '../../sim/search/fingerprint.ts';
import type { TraceEvent } from '../../sim/trace.ts';
import type { Server } from '../../sim/zab/state.ts';
import type { Zxid } from '../../sim/zab/zxid.ts';
import { childOf } from '../../sim/zookeeper/paths.ts';
import { statOf } from '../../sim/zookeeper/stat.ts';
import { inOrder, nodeAt, type Tree } from '../../sim/zookeeper/tree.ts';
import { MAX_CELLS, MAX_EVENTS, type Answer, type NodeRow, type Question, type SessionRow } from '../protocol.ts';
import { encodeLink } from '../share.ts';
import { cellCount, cellsOf, hostIn } from './history-cells.ts';
import type { Session } from './session.ts';

/** What is asked about a run, besides its frames. */
export async function answer(
  question: Exclude<Question, { kind: 'compare' | 'lessons' }>,
  session: Session,
): Promise<Answer> {
  const { played } = session;
  switch (question.kind) {
    case 'events': {
      const from = Math.max(0, question.from);
      const to = Math.min(question.to, from + MAX_EVENTS);
      return { kind: 'events', from, events: played.trace.slice(from, to).map(forThePage) };
    }
    case 'window':
      return windowOf(session, question);
    case 'log': {
      const host = hostIn(session.view.world, question.server);
      if (host === null) return refused('there is no such server');
      const from = Math.max(0, question.from);
      const { events } = session.position;
      const cells = cellsOf(host, played, { events, from, to: from + MAX_CELLS });
      return { kind: 'log', from, total: cellCount(host), cells };
    }
    case 'ladder':
      return { kind: 'ladder', points: played.index.ladder(session.position.traced, 500) };
    case 'tree':
      return treeOf(session, question.server);
    case 'report':
      return reportOf(session);
    case 'save':
      return save(session);
    case 'link':
      return linkTo(session);
    case 'mark':
      return { kind: 'mark', mark: mark(question.exercise, session.scenario, session.seed) };
  }
}

function refused(...lines: string[]): Answer {
  return { kind: 'refused', lines };
}

/** A snapshot's content is the service's own, and may be large: nobody draws it. */
export function forThePage(event: TraceEvent): TraceEvent {
  if (!('message' in event) || event.message.kind !== 'SNAP') return event;
  const { message } = event;
  return { ...event, message: { ...message, snapshot: { ...message.snapshot, content: null } } };
}

function windowOf({ played }: Session, { from, to, limit }: Extract<Question, { kind: 'window' }>): Answer {
  const first = played.tracedAfter(played.eventsUntil(from - 1));
  const end = played.tracedAfter(played.eventsUntil(to));
  const total = Math.max(0, end - first);
  const most = Math.min(Math.max(1, limit), MAX_EVENTS);
  const every = Math.max(1, Math.ceil(total / most));
  const indexes: number[] = [];
  for (let i = first; i < end; i += every) indexes.push(i);
  return { kind: 'window', indexes, events: indexes.map((i) => forThePage(played.trace[i]!)), total };
}

// ── tree and sessions

const MOST_NODES = 2000;
const MOST_TEXT = 200;

function treeOf(session: Session, id: number): Answer {
  const server = hostIn(session.view.world, id)?.server ?? null;
  if (server === null) return refused(`server ${id} is down`);
  const nodes: NodeRow[] = [];
  if (session.base.service === 'zookeeper') addNodes(server.db.tree as Tree, '/', nodes);
  return { kind: 'tree', nodes, sessions: sessionsOf(server) };
}

function addNodes(tree: Tree, path: string, into: NodeRow[]): void {
  const node = nodeAt(tree, path);
  if (node === undefined || into.length >= MOST_NODES) return;
  const { version, cversion, mzxid, numChildren } = statOf(node);
  const { owner, data } = node;
  into.push({
    path,
    data: data === null ? null : printable(data, MOST_TEXT),
    bytes: node.dataLength,
    kind: owner.kind,
    owner: owner.kind === 'ephemeral' ? owner.session : null,
    version,
    cversion,
    mzxid: mzxid as Zxid,
    children: numChildren,
  });
  for (const child of node.children.keys().sort(inOrder)) addNodes(tree, childOf(path, child), into);
}

function sessionsOf(server: Server): SessionRow[] {
  const tracker = server.leader?.tracker ?? null;
  return [...server.db.sessions]
    .sort(([a], [b]) => a - b)
    .map(([session, timeoutMs]) => {
      const tracked = tracker?.sessions.get(session);
      return {
        session,
        timeoutMs,
        here: server.clients.bySession.has(session),
        expiresInTicks: tracker === null || tracked === undefined ? null : Math.max(0, tracked.expiresAt - tracker.now),
      };
    });
}

// ── what leaves the page

function reportOf(session: Session): Answer {
  const shown = session.frame().violations[0];
  if (shown === undefined) return refused('no property is violated up to here');
  const failure = { property: shown.property, fingerprint: fingerprintOf(shown), violation: shown };
  const { scenario, seed } = session;
  const plan = { scenario, seed, features: [] };
  const explanation = explain({ plan, failure, properties: PROPERTIES });
  if (explanation === null)
    return { kind: 'report', lines: [`${shown.property}: ${shown.why}`, 'The plan is too long to be explained.'] };
  const expected = scenario.expect.verdict === 'violates' && scenario.expect.properties.includes(shown.property);
  const file = session.hands.length === 0 ? scenario.name : `${savedName(session)}.yaml`;
  return { kind: 'report', lines: explanationLines(explanation, { file, expected }, PLAIN) };
}

function savedName({ base }: Session): string {
  return `${base.name.replace(/^.*\//, '')}-by-hand`;
}

/** Plays the plan to its end, so that the file says what comes of it, and how to see that it still does. */
function save(session: Session): Answer {
  const { scenario, seed } = session;
  const { traceHash, violations } = run(scenario, seed, { properties: PROPERTIES });
  const [violation] = violations;
  const seen: Expectation =
    violation === undefined
      ? { verdict: 'pass', properties: [], facts: [] }
      : { verdict: 'violates', properties: [violation.property], facts: [] };
  const expect = session.hands.length === 0 ? scenario.expect : seen;
  const name = session.hands.length === 0 ? scenario.name : savedName(session);
  const yaml = writeScenario({ ...scenario, expect }, [stampLine({ seed, traceHash })]);
  const trouble = whyNotTheSame(yaml, scenario);
  if (trouble !== null) return refused(trouble);
  return {
    kind: 'save',
    name: `${name}.yaml`,
    yaml,
    command: `zabsim run ${shellWord(`${name}.yaml`)} --seed ${shellWord(seed)}`,
  };
}

async function linkTo(session: Session): Promise<Answer> {
  const { scenario, base, hands, seed, position, view, opened } = session;
  const place = { events: position.events, at: position.at };
  const promised = { traced: position.traced, hash: view.hash };
  const { builtIn } = opened;
  const untouched = hands.length === 0 && opened.base.calmAt === base.calmAt && opened.base.endAt === base.endAt;
  if (untouched && builtIn !== null) {
    const release = base.release === builtIn.release ? null : base.release;
    const source = { kind: 'scenario', name: builtIn.name, release } as const;
    return { kind: 'link', text: await encodeLink({ source, seed, position: place, promised }) };
  }
  const yaml = writeScenario(scenario);
  const trouble = whyNotTheSame(yaml, scenario);
  if (trouble !== null) return refused(trouble);
  const source = { kind: 'plan', name: base.name, yaml, hands: hands.length } as const;
  return { kind: 'link', text: await encodeLink({ source, seed, position: place, promised }) };
}

/** A file says everything but a few things that only programs put into a plan; null when this one says it all. */
function whyNotTheSame(yaml: string, scenario: Scenario): string | null {
  const parsed = parseScenario(yaml, 'plan.yaml');
  if ('mistakes' in parsed) return `a file cannot say this plan: ${parsed.mistakes[0]?.message ?? ''}`;
  const essence = ({ name: _, title: __, teaches: ___, expect: ____, ...rest }: Scenario): string =>
    JSON.stringify(inOneOrder(rest));
  return essence(parsed.scenario) === essence(scenario) ? null : 'a file cannot say this plan exactly';
}

/** The same data with the keys of every object in alphabetical order: a trace may have them in any. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, each]) => [key, inOneOrder(each)]));
}

// ── two futures

/** Where the traces of two runs part. */
export function compare(main: Session, other: Session): Answer {
  const [a, b] = [main.played.trace, other.played.trace];
  const common = Math.min(a.length, b.length);
  let event = 0;
  while (event < common && isSame(a[event]!, b[event]!)) event++;
  if (event === common) return { kind: 'compare', event: null, at: null, main: null, other: null };
  const [x, y] = [a[event]!, b[event]!];
  return { kind: 'compare', event, at: Math.min(x.at, y.at), main: forThePage(x), other: forThePage(y) };
}

function isSame(a: TraceEvent, b: TraceEvent): boolean {
  return a.at === b.at && a.server === b.server && a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b);
}
