import { aclWords, sessionWords } from '../report/client-words.ts';
import { columns, fitted, printable, seconds, WIDTH, wrap, zxidText } from '../report/text.ts';
import { advance, beginRun } from '../sim/run.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid } from '../sim/zab/zxid.ts';
import { childOf } from '../sim/zookeeper/paths.ts';
import { statOf, type Znode } from '../sim/zookeeper/stat.ts';
import { inOrder, nodeAt, type Tree } from '../sim/zookeeper/tree.ts';
import { chooseScenario, chooseSeed } from './choose.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { timeOption } from './time-option.ts';

export interface TreeOptions {
  readonly seed: string;
  readonly at?: string;
  readonly server?: string;
  readonly release?: string;
  /** Every field of the Stat, the ACL and the TTL. */
  readonly stat?: true;
  readonly json?: true;
}

/** `zabsim tree`: the znodes that one server holds in memory at a moment of a run. */
export function showTree(nameOrPath: string, options: TreeOptions, terminal: Terminal): ExitCode {
  const scenario = chooseScenario(nameOrPath, options.release);
  if (scenario.service !== 'zookeeper')
    throw new UsageError([`${scenario.name} replicates numbers under keys: "service: zookeeper" has a tree`]);
  const seed = chooseSeed(options.seed);
  const at = timeOption('--at', options.at) ?? scenario.endAt;
  const id = serverOf(options, scenario.servers);
  const run = beginRun(scenario, seed, { properties: [] });
  advance(run, Math.min(at, scenario.endAt));
  const now = run.world.now;
  if (at > scenario.endAt) terminal.complain(`--at: the run ends at ${seconds(scenario.endAt)}: that is what is shown`);
  const server = run.world.hosts[id]?.server ?? null;
  const nodes = server === null ? [] : nodesBelow(server.db.tree as Tree, '/', 0);
  if (options.json === true) {
    const state = server?.state ?? 'DOWN';
    const lastZxid = server?.db.lastProcessed ?? null;
    const { name, release } = scenario;
    const rows = nodes.map(nodeJson);
    terminal.print(
      JSON.stringify({ scenario: name, seed, release, server: id, at: now, state, lastZxid, nodes: rows }, null, 2),
    );
    return EXIT.asExpected;
  }
  if (server === null) {
    terminal.print(`server ${id} is down at ${now / 1_000_000} s`);
    return EXIT.asExpected;
  }
  terminal.print(
    `server ${id} at ${now / 1_000_000} s, ${server.state}, last zxid ${formatZxid(server.db.lastProcessed)}`,
    ...nodes.flatMap((row) => (options.stat === true ? statLines(row) : shortLines(row))),
  );
  return EXIT.asExpected;
}

function serverOf(options: TreeOptions, servers: readonly ServerId[]): ServerId {
  if (options.server === undefined) return servers[0]!;
  const id = Number(options.server);
  if (servers.includes(id)) return id;
  throw new UsageError([
    `--server: there is no server ${printable(options.server, 20)}; there are ${servers.join(', ')}`,
  ]);
}

/** A tree may be deeper than a screen is wide: no node is indented further. */
const DEEPEST = 8;
/** Columns that data has at least. */
const LEAST = 10;

interface Row {
  readonly path: string;
  readonly depth: number;
  readonly node: Znode;
}

/** Parents before their children, which stand in the order of their names. */
function nodesBelow(tree: Tree, path: string, depth: number): Row[] {
  const node = nodeAt(tree, path);
  if (node === undefined) return [];
  const children = [...node.children.keys()].sort(inOrder);
  return [{ path, depth, node }, ...children.flatMap((child) => nodesBelow(tree, childOf(path, child), depth + 1))];
}

/** A node in one line: its name, what it holds, who owns it, and its versions; in two where the name alone is long. */
function shortLines(row: Row): string[] {
  const { version, cversion, mzxid } = statOf(row.node);
  return wrapped(row, `, version ${version}, cversion ${cversion}, mzxid ${zxidText(mzxid)}`, true);
}

/** `oneLine`: the data is cut where that is enough to keep `tail` on the same line. */
function wrapped({ path, depth, node }: Row, tail: string, oneLine: boolean): string[] {
  const { owner } = node;
  const kind =
    owner.kind === 'ephemeral'
      ? ` ephemeral of ${sessionWords(owner.session)}`
      : owner.kind === 'persistent'
        ? ''
        : ` ${owner.kind}`;
  const indent = '  '.repeat(Math.min(depth, DEEPEST));
  const name = path === '/' ? '/' : fitted(path.slice(path.lastIndexOf('/') + 1), 60);
  const room = WIDTH - indent.length - columns(name) - 1 - kind.length - (oneLine ? tail.length : 0);
  const quoted = node.data === null ? 'null' : JSON.stringify(printable(node.data));
  const data = fitted(quoted, Math.min(42, Math.max(LEAST, room)));
  return wrap(`${name} ${data}${kind}${tail}`, indent, indent.length + 4);
}

/** All that `stat` and `getAcl` of ZooKeeper's own shell say. */
function statLines(row: Row): string[] {
  const { node } = row;
  const stat = statOf(node);
  const ttl = node.owner.kind === 'ttl' ? `, ttl ${node.owner.ttlMs} ms` : '';
  const text =
    `, czxid ${zxidText(stat.czxid)}, mzxid ${zxidText(stat.mzxid)}, pzxid ${zxidText(stat.pzxid)}, ` +
    `ctime ${stat.ctime}, mtime ${stat.mtime}, version ${stat.version}, cversion ${stat.cversion}, ` +
    `aversion ${stat.aversion}, ephemeralOwner ${sessionWords(stat.ephemeralOwner)}, ` +
    `dataLength ${stat.dataLength}, numChildren ${stat.numChildren}${ttl}, acl ${printable(aclWords(node.acl), 300)}`;
  return wrapped(row, text, false);
}

function nodeJson({ path, node }: Row): object {
  const { owner } = node;
  const kind = owner.kind;
  const ttlMs = owner.kind === 'ttl' ? owner.ttlMs : null;
  return { path, data: node.data, kind, ttlMs, acl: node.acl, stat: statOf(node) };
}
