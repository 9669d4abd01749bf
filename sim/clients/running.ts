import { assert, unreachable } from '../assert.ts';
import type { Emit } from '../trace.ts';
import type { World } from '../world-state.ts';
import { callOpOf, keyOf } from './call.ts';
import { openHandle } from './handles.ts';
import { libraryAddAuth, libraryInvoke } from './library.ts';
import type { Act, Program, ProgramModel } from './program.ts';
import { findProgram } from './programs.ts';
import type { Library, Use, VirtualClient } from './state.ts';

/** How a program runs on its client: what the library puts into its inbox is told one by one, and what it orders is done
 *  at once, in order. */

/** A program that answers each happening with another call would never let the clock go on; the library answers calls
 *  that cannot be sent a little later, so that only our own mistake can come so far. */
const MOST_AT_ONCE = 100_000;

/** Its client begins: it is told so, and its session is opened. */
export function beginProgram(world: World, client: VirtualClient, emit: Emit): void {
  const { model, library } = client;
  if (model.program === undefined || library === null) return;
  const { operations, think } = model;
  const state = programOf(model.program).start({ ...model.program, client: client.index + 1, operations, think });
  client.program = {
    state,
    inbox: [],
    busy: false,
    nextId: client.program?.nextId ?? 1,
    sleeps: new Map(),
    uses: new Map(),
  };
  client.program.inbox.push({ kind: 'begun' });
  openHandle(world, client, library);
  runProgram(world, client, emit);
}

function programOf({ program }: ProgramModel): Program {
  const found = findProgram(program);
  assert(found !== undefined, 'a scenario names a program that exists');
  return found;
}

/** Tells the program what has happened, and does what it orders, until there is no more to tell. */
export function runProgram(world: World, client: VirtualClient, emit: Emit): void {
  const { program: running, library, model } = client;
  if (running === null || library === null || model.program === undefined || running.busy) return;
  const program = programOf(model.program);
  running.busy = true;
  let told = 0;
  for (let happening = running.inbox.shift(); happening !== undefined; happening = running.inbox.shift()) {
    assert(++told < MOST_AT_ONCE, 'a program comes to rest');
    for (const act of program.on(running.state, happening, client.random)) perform(world, client, library, act, emit);
  }
  running.busy = false;
}

function perform(world: World, client: VirtualClient, library: Library, act: Act, emit: Emit): void {
  const running = client.program;
  const { program } = client.model;
  if (running === null || program === undefined) return;
  switch (act.kind) {
    case 'call': {
      const { operation, tag } = act;
      const asked = { op: callOpOf(operation), key: keyOf(operation), value: 0, operation, act: { tag, operation } };
      libraryInvoke(world, client, library, asked, emit);
      return;
    }
    case 'addAuth':
      libraryAddAuth(world, client, library, { scheme: act.scheme, auth: act.auth, call: null }, emit);
      return;
    case 'sleep':
      running.sleeps.set(running.nextId, act.tag);
      wakeAfter(world, client, 'sleep', act.micros);
      return;
    case 'say':
      tellFact(world, client, act.fact, act.detail, emit);
      return;
    case 'use':
      beginUse(world, client, act);
      return;
    case 'openSession':
      openHandle(world, client, library);
      return;
    case 'closeSession':
      libraryInvoke(world, client, library, { op: 'closeSession', key: '', value: 0 }, emit);
      return;
    default:
      unreachable(act);
  }
}

function tellFact(world: World, client: VirtualClient, fact: string, detail: Use['detail'], emit: Emit): void {
  const { program } = client.model;
  if (program === undefined) return;
  const { instance, program: recipe } = program;
  emit({ at: world.now, server: 0, kind: 'recipe', client: client.index + 1, recipe, instance, fact, detail });
}

/** Its timers are numbered: each is for one sleep or one use. */
function wakeAfter(world: World, client: VirtualClient, what: 'sleep' | 'use', after: number): void {
  const running = client.program!;
  world.queue.push(world.now + after, { kind: 'client', client: client.index, what, version: running.nextId++ });
}

function beginUse(world: World, client: VirtualClient, act: Extract<Act, { kind: 'use' }>): void {
  const { latency } = world.scenario.network;
  const { tag, resource, token, shared, detail } = act;
  const back = client.random.between(latency);
  client.program!.uses.set(client.program!.nextId, { tag, resource, token, shared, detail, back, accepted: null });
  wakeAfter(world, client, 'use', client.random.delay(latency));
}

/** A sleep is over, a use arrives at its resource, or its answer comes back. */
export function programWakes(
  world: World,
  client: VirtualClient,
  what: 'sleep' | 'use' | 'used',
  id: number,
  emit: Emit,
): void {
  const running = client.program;
  if (running === null) return;
  if (what === 'sleep') {
    const tag = running.sleeps.get(id);
    running.sleeps.delete(id);
    if (tag !== undefined) running.inbox.push({ kind: 'woke', tag });
    return;
  }
  const use = running.uses.get(id);
  if (use === undefined) return;
  const { tag, resource, accepted } = use;
  if (what === 'used') {
    running.uses.delete(id);
    running.inbox.push({ kind: 'used', tag, resource, accepted: accepted === true });
    return;
  }
  running.uses.set(id, { ...use, accepted: useResource(world, client, use, emit) });
  world.queue.push(world.now + use.back, { kind: 'client', client: client.index, what: 'used', version: id });
}

/** A resource remembers the highest token that it has seen, and refuses what comes with a lower one; a shared use is compared
 *  with those that were not shared alone. */
function useResource(world: World, client: VirtualClient, use: Use, emit: Emit): boolean {
  const { resource, token, shared, detail } = use;
  const { resources } = world;
  const readers = `${resource} shared`;
  const alone = resources.get(resource) ?? -Infinity;
  const highest = shared ? alone : Math.max(alone, resources.get(readers) ?? -Infinity);
  const accepted = token === null || token >= highest;
  if (token !== null && accepted) {
    const name = shared ? readers : resource;
    resources.set(name, Math.max(token, resources.get(name) ?? token));
  }
  tellFact(world, client, accepted ? 'used' : 'refused', { resource, token, ...detail }, emit);
  return accepted;
}
