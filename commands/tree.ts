import { printable } from '../report/text.ts';
import { advance, beginRun } from '../sim/run.ts';
import type { ServerId } from '../sim/zab/sets.ts';
import { formatZxid, type Zxid } from '../sim/zab/zxid.ts';
import { childOf } from '../sim/zookeeper/paths.ts';
import { statOf } from '../sim/zookeeper/stat.ts';
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
  const server = run.world.hosts[id]?.server ?? null;
  if (server === null) {
    terminal.print(`server ${id} is down at ${run.world.now / 1_000_000} s`);
    return EXIT.asExpected;
  }
  terminal.print(
    `server ${id} at ${run.world.now / 1_000_000} s, ${server.state}, last zxid ${formatZxid(server.db.lastProcessed)}`,
    ...linesBelow(server.db.tree as Tree, '/', ''),
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

/** One line a node: its name, what it holds, who owns it, and its versions. */
function linesBelow(tree: Tree, path: string, indent: string): string[] {
  const node = nodeAt(tree, path);
  if (node === undefined) return [];
  const { version, cversion, mzxid } = statOf(node);
  const { owner } = node;
  const kind =
    owner.kind === 'ephemeral' ? ` ephemeral of ${owner.session}` : owner.kind === 'persistent' ? '' : ` ${owner.kind}`;
  const data = node.data === null ? 'null' : JSON.stringify(printable(node.data, 40));
  const name = path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1);
  const versions = `version ${version}, cversion ${cversion}, mzxid ${formatZxid(mzxid as Zxid)}`;
  const line = `${indent}${printable(name, 60)} ${data}${kind}, ${versions}`;
  const children = node.children.keys().sort(inOrder);
  return [line, ...children.flatMap((child) => linesBelow(tree, childOf(path, child), `${indent}  `))];
}
