import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clientOf, epochEditsIn, numberIn, serverIn, serversIn, textIn } from '../../conformance/steps.ts';
import type { RealClient } from './client.ts';
import { Connection } from './connection.ts';
import { openLibrary } from './library.ts';
import { hex, sessionName } from './answers.ts';
import type { Fields } from './requests.ts';
import { electionsOf, readServerLog, syncsOf } from './server-log.ts';
import { prepareEnsemble, stopAll, until, type EnsembleConfig, type Installation, type RealServer } from './servers.ts';
import { readTxnLog } from './txn-log.ts';

/** Plays the steps of a case on real servers and writes down what they did, in the form of a record. */

/** A step as a record has it, without what came of it. */
export interface PlanStep {
  readonly do: string;
  readonly [field: string]: unknown;
}

export interface CasePlan {
  readonly name: string;
  readonly group: string;
  readonly title: string;
  readonly description?: string;
  readonly config: EnsembleConfig;
  readonly steps: readonly PlanStep[];
}

/** What the steps of a case share while they are played. */
interface Stage {
  readonly plan: CasePlan;
  readonly installation: Installation;
  readonly through: 'wire' | 'library';
  readonly signal: AbortSignal;
  readonly servers: readonly RealServer[];
  readonly labels: Map<bigint, string>;
  readonly clients: Map<string, RealClient>;
  readonly steps: Record<string, unknown>[];
  readonly observations: Record<string, unknown>;
  readonly facts: Record<string, unknown>;
  /** Answers of requests that nobody waited for. */
  readonly pending: Promise<unknown>[];
  readonly began: number;
}

/** A quorum that has served for so long is there to stay; without one, nothing has moved for so long. */
const SERVING_MS = 1200;
const STILL_MS = 4000;
const SETTLE_LIMIT_MS = 30_000;

/** Plays it in a temporary directory, which is removed unless `keep`. The servers are stopped in any case; `signal` ends it
 *  early. */
export async function playReal(
  plan: CasePlan,
  installation: Installation,
  options: { readonly through: 'wire' | 'library'; readonly keep: boolean; readonly signal: AbortSignal },
): Promise<Fields> {
  const folder = mkdtempSync(join(tmpdir(), 'real-ensemble-'));
  const servers = await prepareEnsemble(folder, plan.config);
  const stage: Stage = {
    plan,
    installation,
    through: options.through,
    signal: options.signal,
    servers,
    labels: new Map(),
    clients: new Map(),
    steps: [],
    observations: {},
    facts: {},
    pending: [],
    began: performance.now(),
  };
  try {
    for (const step of plan.steps) {
      options.signal.throwIfAborted();
      await playStep(stage, step);
    }
    return recordOf(stage);
  } finally {
    for (const client of stage.clients.values()) client.cut();
    await stopAll(servers);
    if (options.keep) process.stderr.write(`kept: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function nowMs(stage: Stage): number {
  return Math.round(performance.now() - stage.began);
}

/** Faults are noted when they begin, requests when they have ended. */
async function playStep(stage: Stage, step: PlanStep): Promise<void> {
  const began = nowMs(stage);
  if (await processStep(stage, step)) {
    stage.steps.push({ t_ms: began, ...step });
    return;
  }
  const more = await clientStep(stage, step);
  stage.steps.push({ t_ms: nowMs(stage), ...step, ...more });
}

async function processStep(stage: Stage, step: PlanStep): Promise<boolean> {
  const servers = serversIn({ t_ms: 0, ...step }).map((id) => serverOf(stage, id));
  switch (step.do) {
    case 'start':
      for (const server of servers) server.start(stage.installation, stage.plan.config.systemProperties);
      if (step['atOnce'] !== true) await settle(stage);
      return true;
    case 'kill -9':
      await Promise.all(servers.map((server) => server.kill('SIGKILL')));
      return true;
    case 'SIGTERM':
      await Promise.all(servers.map((server) => server.kill('SIGTERM')));
      return true;
    case 'SIGSTOP':
      for (const server of servers) server.pause();
      return true;
    case 'SIGCONT':
      for (const server of servers) server.resume();
      return true;
    case 'wipe data directory':
      for (const server of servers) server.wipe();
      return true;
    case 'edit file':
      for (const { server, file, epoch } of epochEditsIn({ t_ms: 0, ...step }))
        writeFileSync(join(serverOf(stage, server).version2, file), String(epoch));
      return true;
    case 'sleep':
      await sleep(numberIn({ t_ms: 0, ...step }, 'ms') ?? 0);
      return true;
    default:
      return false;
  }
}

async function clientStep(stage: Stage, step: PlanStep): Promise<Fields> {
  const label = clientOf({ t_ms: 0, ...step }) ?? '';
  const client = stage.clients.get(label);
  switch (step.do) {
    case 'observe':
      return observe(stage, textIn({ t_ms: 0, ...step }, 'label') ?? '');
    case 'client connect':
    case 'client reconnect':
      return { result: await connectStep(stage, step, label) };
    case 'op':
      return { result: await client?.send(step['op'] as Fields) };
    case 'writes':
      return writes(step, client);
    case 'close session':
      await client?.send({ op: 'closeSession' });
      client?.cut();
      return {};
    case 'workload':
      stage.facts[String(step['fact'] ?? 'workload')] = await playWorkload(stage, step['items'] as readonly Fields[]);
      return { items: undefined, ops: (step['items'] as readonly Fields[]).length };
    case 'two sessions read the tree':
      await readTrees(stage);
      return {};
    default:
      if (/^(settle|wait)|is back$/.test(step.do)) {
        await settle(stage);
        return {};
      }
      if (!step.do.startsWith('async write')) throw new TypeError(`no such step: ${step.do}`);
      for (const op of step['ops'] as readonly string[]) {
        const [name, path] = op.split(' ');
        if (client !== undefined) stage.pending.push(client.send({ op: name, path }));
      }
      await sleep(5);
      return {};
  }
}

function serverOf(stage: Stage, id: number): RealServer {
  const server = stage.servers.find((one) => one.id === id);
  if (server === undefined) throw new TypeError(`there is no server ${id}`);
  return server;
}

async function connectStep(stage: Stage, step: PlanStep, label: string): Promise<Fields> {
  const server = serverIn({ t_ms: 0, ...step }) ?? 0;
  const timeoutMs = numberIn({ t_ms: 0, ...step }, 'requestedTimeout') ?? 10_000;
  const client = await joinAs(stage, label, server, timeoutMs);
  const { connected, refused } = client;
  return {
    connected,
    ...(connected ? {} : { reason: refused ? REFUSED : CLOSED }),
    timeOut: connected || refused ? client.timeoutMs : null,
    sessionId: connected || refused ? sessionName(client.session, stage.labels) : null,
    readOnly: false,
  };
}

const REFUSED = 'session refused: sessionId=0 (expired/unknown/bad password)';
const CLOSED = 'connection closed by server before a ConnectResponse';

/** A client connects: anew, or with the session it had. */
async function joinAs(stage: Stage, label: string, server: number, timeoutMs: number): Promise<RealClient> {
  const before = stage.clients.get(label);
  const { clientPort: port } = serverOf(stage, server);
  const client = await (stage.through === 'library'
    ? openLibrary({ port, timeoutMs }, stage.labels)
    : Connection.open(
        {
          port,
          timeoutMs,
          ...(before === undefined
            ? {}
            : { session: before.session, password: before.password, lastZxid: before.lastZxid }),
        },
        stage.labels,
      ));
  if (client.connected) {
    if (!stage.labels.has(client.session)) stage.labels.set(client.session, label);
    stage.clients.set(label, client);
  }
  return client;
}

/** Many creates in a pipeline, as fast as they go. */
async function writes(step: PlanStep, client: RealClient | undefined): Promise<Fields> {
  const each = step['each'] as Fields;
  const count = Number(step['count']);
  const from = Number(each['from'] ?? 0);
  const results: Fields[] = [];
  for (let i = 0; i < count && client !== undefined; i += 50) {
    const batch = Array.from({ length: Math.min(50, count - i) }, (_, j) => ({
      ...each,
      path: String(each['path']).replace(/N+$/, (digits) => String(from + i + j).padStart(digits.length, '0')),
    }));
    results.push(...(await Promise.all(batch.map((op) => client.send(op)))));
  }
  return {
    firstZxid: results[0]?.['hdr_zxid'],
    lastZxid: results.at(-1)?.['hdr_zxid'],
    failed: results.filter((result) => result['err'] !== 'OK').length,
  };
}

// ── workloads

async function playWorkload(stage: Stage, items: readonly Fields[]): Promise<readonly Fields[]> {
  const played: Fields[] = [];
  for (const [i, item] of items.entries()) {
    stage.signal.throwIfAborted();
    const { result: _before, i: _index, ...rest } = item;
    const asked = withZxid(stage, rest);
    played.push({ i, ...asked, result: await workloadOp(stage, asked) });
  }
  return played;
}

/** A relativeZxid of zero or less is counted back from what the session has seen. */
function withZxid(stage: Stage, asked: Fields): Fields {
  const back = asked['relativeZxid'];
  if (typeof back !== 'number' || back > 0) return asked;
  const seen = stage.clients.get(String(asked['s']))?.lastZxid ?? 0n;
  return { ...asked, relativeZxid: hex(seen + BigInt(back)) };
}

async function workloadOp(stage: Stage, asked: Fields): Promise<Fields> {
  const label = String(asked['s']);
  if (asked['op'] === 'connect') {
    const client = await joinAs(stage, label, Number(asked['server']), Number(asked['timeout']));
    const zxid = await level(stage);
    const err = client.connected ? 'OK' : 'CONNECTIONLOSS';
    return { err, timeOut: client.timeoutMs, sessionServerByte: Number(client.session >> 56n), zxidAfter: zxid };
  }
  const client = stage.clients.get(label);
  if (asked['op'] === 'events') {
    await sleep(20);
    const items = client?.take() ?? [];
    return { events: items.flatMap((item) => (item.kind === 'event' ? [`${item.type} ${item.path}`] : [])) };
  }
  if (asked['op'] === 'cut' || asked['op'] === 'expire') {
    const before = await level(stage);
    client?.cut();
    // The server sees it, too.
    await sleep(20);
    if (asked['op'] === 'expire') await until(async () => (await level(stage)) !== before, 60_000, 50);
    return { zxidAfter: await level(stage) };
  }
  if (asked['op'] === 'pipeline' && client !== undefined) {
    const results = await Promise.all((asked['ops'] as readonly Fields[]).map((one) => client.send(one)));
    await level(stage);
    return { results };
  }
  const { s: _session, ...request } = asked;
  const result = (await client?.send(request)) ?? { err: 'CONNECTIONLOSS', client_side: true };
  await level(stage);
  return result;
}

/** Waits until all running servers report the same zxid, and returns it. */
async function level(stage: Stage): Promise<string | null> {
  let zxid: string | null = null;
  await until(
    async () => {
      const running = stage.servers.filter((server) => server.up && !server.paused);
      const seen = await Promise.all(running.map((server) => server.srvr()));
      zxid = seen[0]?.zxid ?? null;
      return seen.every((one) => one?.zxid === zxid);
    },
    5000,
    2,
  );
  return zxid;
}

async function readTrees(stage: Stage): Promise<void> {
  const trees: Fields[] = [];
  for (const server of [1, 3]) {
    const session = await joinAs(stage, `dump${server}`, server, 10_000);
    await level(stage);
    trees.push(await treeBelow(session, '/'));
  }
  stage.facts['finalTree'] = trees[0];
  stage.facts['treesEqual'] = JSON.stringify(trees[0]) === JSON.stringify(trees[1]);
  const modes = await Promise.all(stage.servers.map((server) => server.srvr()));
  const leader = stage.servers[modes.findIndex((one) => one?.mode === 'leader')];
  if (leader !== undefined) {
    const log = logOf(stage, leader);
    // A library numbers its requests in its own way.
    stage.facts['txnlog'] = stage.through === 'wire' ? log : log.map(({ cxid: _cxid, ...txn }) => txn);
  }
}

/** Every node but those below /zookeeper. */
async function treeBelow(session: RealClient, path: string): Promise<Fields> {
  const { err, data, stat } = await session.send({ op: 'getData', path });
  const tree: Record<string, unknown> = {
    [path]: { err, ...(data === undefined ? {} : { data }), ...(stat === undefined ? {} : { stat }) },
  };
  const listed = await session.send({ op: 'getChildren', path });
  for (const name of (listed['children'] as readonly string[] | undefined) ?? []) {
    const child = path === '/' ? `/${name}` : `${path}/${name}`;
    if (child !== '/zookeeper') Object.assign(tree, await treeBelow(session, child));
  }
  return tree;
}

function logOf(stage: Stage, server: RealServer): readonly Fields[] {
  return server
    .files()
    .filter((name) => name.startsWith('log.'))
    .flatMap((name) => readTxnLog(join(server.version2, name), stage.labels));
}

// ── looking

interface Seen {
  readonly server: RealServer;
  readonly state: string;
  readonly mode: string | null;
  readonly zxid: string | null;
}

async function look(stage: Stage): Promise<readonly Seen[]> {
  return Promise.all(
    stage.servers.map(async (server) => {
      const state = !server.up ? 'DOWN' : server.paused ? 'PAUSED' : stateOf(server);
      const answered = state === 'DOWN' || state === 'PAUSED' ? null : await server.srvr();
      return { server, state, mode: answered?.mode ?? null, zxid: answered?.zxid ?? null };
    }),
  );
}

/** As it was logged last. */
function stateOf(server: RealServer): string {
  const log = server.logs.at(-1);
  const lines = log === undefined ? [] : readServerLog(log, server.id, server.logs.length);
  const last = lines.findLast(
    ({ logger, text }) => logger === 'QuorumPeer' && /^(LOOKING|FOLLOWING|LEADING|OBSERVING)$/.test(text),
  );
  return last?.text ?? 'LOOKING';
}

/** Waits until nothing changes any more. */
async function settle(stage: Stage): Promise<readonly Seen[]> {
  let before = '';
  let since = performance.now();
  let seen: readonly Seen[] = [];
  await until(async () => {
    seen = await look(stage);
    const text = JSON.stringify(seen.map(({ state, mode, zxid }) => [state, mode, zxid]));
    if (text !== before) since = performance.now();
    before = text;
    const alive = seen.filter(({ state }) => state !== 'DOWN' && state !== 'PAUSED');
    const serving = alive.every(({ mode }) => mode !== null && mode !== 'not serving');
    const led = alive.some(({ mode }) => mode === 'leader');
    return performance.now() - since > (serving && led ? SERVING_MS : led ? 2 * STILL_MS : STILL_MS);
  }, SETTLE_LIMIT_MS);
  return seen;
}

async function observe(stage: Stage, label: string): Promise<Fields> {
  const seen = await settle(stage);
  const leader = seen.find(({ mode }) => mode === 'leader')?.server.id ?? null;
  stage.observations[label] = {
    leader,
    servers: Object.fromEntries(seen.map((one) => [String(one.server.id), rowOf(stage, one)])),
  };
  return { result: { leader, modes: Object.fromEntries(seen.map((one) => [one.server.id, one.mode ?? one.state])) } };
}

function rowOf(stage: Stage, { server, state, mode, zxid }: Seen): Fields {
  const alive = state !== 'DOWN' && state !== 'PAUSED';
  return {
    state,
    ...(alive ? { mode: mode ?? 'not serving', zxid } : {}),
    acceptedEpoch: server.epochOf('acceptedEpoch'),
    currentEpoch: server.epochOf('currentEpoch'),
    lastLoggedZxid: logOf(stage, server).at(-1)?.['zxid'] ?? null,
    files: server.files(),
  };
}

/** Ports vary: where a client reads the configuration, the record shows those of the simulator. */
function withPorts(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value).replace(/server\.(\d+)=127\.0\.0\.1:\d+:\d+/g, (_all, id: string) => {
      const two = id.padStart(2, '0');
      return `server.${id}=127.0.0.1:288${two}:388${two}`;
    }),
  );
}

function recordOf(stage: Stage): Fields {
  const { plan, servers, observations, facts } = stage;
  const lines = servers.flatMap((server) => server.logs.flatMap((log, i) => readServerLog(log, server.id, i + 1)));
  return {
    name: plan.name,
    group: plan.group,
    title: plan.title,
    description: plan.description ?? '',
    zookeeper: versionIn(lines.map((line) => line.text)),
    config: plan.config,
    steps: stage.steps,
    observed: { observations, facts: withPorts(facts), elections: electionsOf(lines), syncs: syncsOf(lines) },
    detail: {
      txnlogs: Object.fromEntries(servers.map((server) => [server.id, [{ file: 'all', txns: logOf(stage, server) }]])),
    },
    stability: { reps: 1, differing: {} },
  };
}

function versionIn(texts: readonly string[]): string {
  for (const text of texts) {
    const found = /zookeeper\.version=([^,\s]+)/.exec(text);
    if (found !== null) return found[1] ?? '';
  }
  return 'unknown';
}
