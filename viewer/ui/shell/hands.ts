import { signal } from '@preact/signals';
import type { Flight, ServerFrame } from '../../frame.ts';
import type { Action, End } from '../../../sim/scenario.ts';
import { MS, SECOND, type Micros, type Range } from '../../../sim/time.ts';
import { t } from './i18n.ts';
import { announce, engine, main, notify } from './store.ts';
import { play, playing } from './time.ts';

/** What a person does to the ensemble. Each becomes a step of the plan at the time shown. */

export const CLOG: Micros = 5 * SECOND;
/** By how much a message may be delayed: less than a tick, about a tick, longer than an initLimit. */
export const DELAYS: readonly Micros[] = [100 * MS, 2 * SECOND, 30 * SECOND];
const SLOW_LINK: Range = [100 * MS, 200 * MS];
const SLOW_LINK_FOR: Micros = 30 * SECOND;
const SLOW_DISK: Range = [200 * MS, 400 * MS];

/** Numbers the values that are written by hand, so that each can be told from the others. */
const written = signal(0);

/** Does all of it in turn; a run that plays goes on afterwards. */
export function intervene(...actions: readonly Action[]): void {
  const goesOn = playing.value;
  for (const action of actions) engine().send({ kind: 'intervene', session: 'main', action });
  if (goesOn) play();
}

export function kill(server: number): void {
  intervene({ kind: 'kill', servers: [server], unsent: false });
}

export function crash(server: number): void {
  intervene({ kind: 'crash', servers: [server], keep: null, torn: false });
}

export function stop(server: number): void {
  intervene({ kind: 'stop', servers: [server] });
}

export function start(server: number): void {
  intervene({ kind: 'start', servers: [server] });
}

export function restart(server: number): void {
  intervene({ kind: 'kill', servers: [server], unsent: false }, { kind: 'start', servers: [server] });
}

export function pauseServer(server: number): void {
  intervene({ kind: 'pause', servers: [server] });
}

export function resumeServer(server: number): void {
  intervene({ kind: 'resume', servers: [server] });
}

export function slowDisk(server: number): void {
  intervene({ kind: 'diskSlow', servers: [server], sync: SLOW_DISK });
}

export function mendDisk(server: number): void {
  intervene({ kind: 'diskMended', servers: [server] });
}

export function drift(server: number, ppm: number): void {
  intervene({ kind: 'drift', servers: [server], ppm });
}

export function isolate(server: number): void {
  intervene({ kind: 'isolate', servers: [server] });
}

/** Heals every link of a server. */
export function rejoin(server: number): void {
  const others = main.about.value?.servers.filter((id) => id !== server) ?? [];
  if (others.length > 0) intervene({ kind: 'heal', pairs: others.map((id) => [server, id]) });
}

export function cut(from: number, to: number, oneWay: boolean): void {
  intervene({ kind: 'cut', pairs: [[from, to]], oneWay, planes: ['election', 'quorum'] });
}

export function clog(from: number, to: number): void {
  intervene({ kind: 'clog', pairs: [[from, to]], oneWay: false, duration: CLOG });
}

export function slowLink(from: number, to: number): void {
  intervene({ kind: 'slowLink', pairs: [[from, to]], extra: SLOW_LINK, duration: SLOW_LINK_FOR });
}

export function resetLink(from: number, to: number): void {
  intervene({ kind: 'reset', pairs: [[from, to]], noticed: 'both' });
}

export function healLink(from: number, to: number): void {
  intervene({ kind: 'heal', pairs: [[from, to]] });
}

export function healAll(): void {
  intervene({ kind: 'heal', pairs: null });
}

export function partition(groups: readonly (readonly number[])[]): void {
  intervene({ kind: 'partition', groups });
}

/** Everything back: links, disks, processes. */
export function allUp(): void {
  const servers = main.frame.value?.servers ?? [];
  const ids = (test: (server: ServerFrame) => boolean): readonly number[] => servers.filter(test).map(({ id }) => id);
  const paused = ids((server) => server.paused);
  const down = ids((server) => !server.up && !server.starting);
  const ill = ids(({ disk }) => disk.full || disk.slow || disk.stalledUntil !== null);
  const actions: Action[] = [{ kind: 'heal', pairs: null }];
  if (paused.length > 0) actions.push({ kind: 'resume', servers: paused });
  if (ill.length > 0) actions.push({ kind: 'diskMended', servers: ill });
  if (down.length > 0) actions.push({ kind: 'start', servers: down });
  intervene(...actions);
}

export interface HandRequest {
  readonly op: 'write' | 'read' | 'sync';
  readonly client: string;
  /** null: where the client is connected. */
  readonly server: number | null;
  readonly key: string;
  readonly value: number;
}

export function submit({ op, client, server, key, value }: HandRequest): void {
  intervene({ kind: op, client, server, key, value, times: 1 });
}

/** A write by the first client, or the one given; says so when the scenario has none. */
export function write(server: number | null = null, client = main.about.value?.clients[0]): void {
  if (client === undefined) {
    notify('info', [t('hands.noClient')]);
    return;
  }
  submit({ op: 'write', client, server, key: HAND_KEY, value: nextValue() });
}

export const HAND_KEY = 'hand';

export function nextValue(): number {
  written.value++;
  return written.value;
}

/** Takes back what was done last by hand. */
export function undo(): void {
  const hands = main.frame.value?.hands ?? [];
  if (hands.length > 0) engine().send({ kind: 'takeBack', session: 'main', index: hands.length - 1 });
}

export function fork(): void {
  engine().send({ kind: 'fork' });
}

/** Who leads in the highest epoch, by its own belief. */
export function leaderNow(): ServerFrame | undefined {
  const frame = main.frame.value;
  return frame?.servers.find(({ id }) => id === frame.leader);
}

/** Does it to the leader, or says that there is none. */
export function withLeader(act: (leader: ServerFrame) => void): void {
  const leader = leaderNow();
  if (leader === undefined) announce(t('ensemble.noLeader'));
  else act(leader);
}

/** Loses this message; on TCP its connection goes with it. */
export function dropMessage(flight: Flight): void {
  intervene({ kind: 'dropMessage', ...linkOf(flight), message: flight.kind, nth: flight.nth });
}

export function delayMessage(flight: Flight, duration: Micros): void {
  intervene({ kind: 'delayMessage', ...linkOf(flight), message: flight.kind, nth: flight.nth, duration });
}

function linkOf({ from, to }: Flight): { readonly from: End; readonly to: End } {
  return { from: endOf(from), to: endOf(to) };
}

function endOf(id: number): End {
  return id >= 0 ? id : { client: main.about.value?.clients[-id - 1] ?? '' };
}

/** Pauses the leader; lets everybody go on who is paused already. */
export function pauseLeaderOrResume(): void {
  const paused = (main.frame.value?.servers ?? []).filter((server) => server.paused).map(({ id }) => id);
  if (paused.length > 0) intervene({ kind: 'resume', servers: paused });
  else withLeader(({ id }) => pauseServer(id));
}
