import type { CasePlan, PlanStep } from './player.ts';
import { generator, type Draw } from './random-workload.ts';
import type { EnsembleConfig, ServerConfig } from './servers.ts';

/** Cases drawn from a seed: servers come and go one at a time, and somebody writes in between. Nothing is done that depends
 *  on a race: every step waits until the ensemble has settled, and sessions are closed before their server goes. */

export const PLAIN: Readonly<Record<string, string>> = {
  'zookeeper.admin.enableServer': 'false',
  'zookeeper.4lw.commands.whitelist': '*',
  'zookeeper.preAllocSize': '64',
  'znode.container.checkIntervalMs': '600000',
  'zookeeper.extendedTypesEnabled': 'true',
};

export function configOf(
  servers: readonly ServerConfig[],
  properties: Readonly<Record<string, string>>,
): EnsembleConfig {
  return {
    servers,
    tickTime: 500,
    initLimit: 10,
    syncLimit: 5,
    systemProperties: { ...PLAIN, ...properties },
    zooCfg: {},
  };
}

interface Story {
  readonly draw: Draw;
  readonly voters: readonly number[];
  readonly all: readonly number[];
  readonly up: Set<number>;
  readonly steps: PlanStep[];
  observed: number;
  bursts: number;
}

/** `length`: how often something befalls the ensemble. */
export function randomCase(of: { readonly seed: number; readonly length: number }): CasePlan {
  const draw = generator(of.seed);
  const count = [3, 3, 3, 4, 5][draw(5)] ?? 3;
  const observers = draw(4) === 0 ? 1 : 0;
  const servers = Array.from({ length: count + observers }, (_, i): ServerConfig => ({
    myid: i + 1,
    role: i < count ? 'participant' : 'observer',
  }));
  const story: Story = {
    draw,
    voters: servers.slice(0, count).map(({ myid }) => myid),
    all: servers.map(({ myid }) => myid),
    up: new Set(),
    steps: [],
    observed: 0,
    bursts: 0,
  };
  for (const id of shuffled(draw, story.all)) {
    start(story, id);
    if (draw(3) === 0) burst(story);
  }
  for (let i = 0; i < of.length; i++) befall(story);
  for (const id of story.all) if (!story.up.has(id)) start(story, id);
  burst(story);
  observe(story);
  return {
    name: `R${of.seed}-random`,
    group: 'A',
    title: `Servers that come and go, drawn from ${of.seed}`,
    config: configOf(servers, draw(4) === 0 ? { 'zookeeper.snapshotSizeFactor': '-1' } : {}),
    steps: story.steps,
  };
}

function befall(story: Story): void {
  const { draw, up, all } = story;
  const down = all.filter((id) => !up.has(id));
  const kind = draw(11);
  if (kind < 3 && down.length > 0) start(story, down[draw(down.length)]!);
  else if (kind < 6 && up.size > 0) stop(story, draw(4) === 0 ? 'SIGTERM' : 'kill -9', [...up][draw(up.size)]!);
  else if (kind === 6 && down.length > 0) rejoinEmpty(story, down[draw(down.length)]!);
  else if (kind === 8 && up.size > 0) pause(story, [...up][draw(up.size)]!);
  else if (kind === 7 && up.size > 2) {
    const ids = shuffled(draw, [...up]).slice(0, 2);
    for (const id of ids) up.delete(id);
    story.steps.push({ do: 'kill -9', servers: ids });
    observe(story);
  } else burst(story);
}

function start(story: Story, id: number): void {
  story.up.add(id);
  story.steps.push({ do: 'start', servers: [id] });
  observe(story);
}

function stop(story: Story, how: string, id: number): void {
  story.up.delete(id);
  story.steps.push({ do: how, servers: [id] });
  observe(story);
}

/** For longer than anybody waits, so that a leader is replaced and a follower dropped. */
function pause(story: Story, id: number): void {
  story.up.delete(id);
  story.steps.push({ do: 'SIGSTOP', servers: [id] });
  story.steps.push({ do: 'sleep', ms: 3500 });
  observe(story);
  if (story.draw(2) === 0) burst(story);
  story.up.add(id);
  story.steps.push({ do: 'SIGCONT', servers: [id] });
  observe(story);
}

/** Only while the others are a quorum that forgets nothing. */
function rejoinEmpty(story: Story, id: number): void {
  const others = story.voters.filter((voter) => voter !== id && story.up.has(voter));
  if (others.length * 2 > story.voters.length) story.steps.push({ do: 'wipe data directory', servers: [id] });
  start(story, id);
}

/** A session, some nodes, and its end: each takes zxids. */
function burst(story: Story): void {
  const { draw, up, voters } = story;
  if (voters.filter((id) => up.has(id)).length * 2 <= voters.length) return;
  const client = `C${++story.bursts}`;
  const server = [...up][draw(up.size)]!;
  story.steps.push({ do: 'client connect', client, server, requestedTimeout: 10_000 });
  story.steps.push({ do: 'op', client, server, op: { op: 'create', path: `/${client}` } });
  const count = draw(6) === 0 ? 520 : 1 + draw(12);
  const each = { op: 'create', path: `/${client}/nNNNNN`, from: 0, data: 'x' };
  story.steps.push({ do: 'writes', client, server, count, each });
  if (draw(2) === 0)
    story.steps.push({
      do: 'op',
      client,
      server,
      op: { op: 'delete', path: `/${client}/n00000`, version: draw(2) - 1 },
    });
  if (draw(2) === 0)
    story.steps.push({ do: 'op', client, server, op: { op: 'setData', path: `/C${draw(9)}`, data: 'd' } });
  story.steps.push({ do: 'close session', client });
  if (draw(2) === 0) observe(story);
}

function observe(story: Story): void {
  story.steps.push({ do: 'observe', label: `o${++story.observed}` });
}

function shuffled(draw: Draw, ids: readonly number[]): number[] {
  const out = [...ids];
  for (let i = out.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
