import { isOneFile } from '../../page-data.ts';
import * as hands from './hands.ts';
import { chooseLanguage, language, t, type PlainKey } from './i18n.ts';
import { remember, remembered } from './memory.ts';
import { openMenu } from './menu-state.ts';
import { dialog, lesson, main, menu, singleKeys, tab, type Tab } from './store.ts';
import * as time from './time.ts';
import { toggleTheme } from './theme.ts';

/** All that a key can do. Where RaftScope has a letter for it (space, dot, C, R, B, F, ?), it is the same. */
export interface Command {
  /** As `KeyboardEvent.key` has them, `Shift+` before those that need it and are no letter. */
  readonly keys: readonly string[];
  readonly label: PlainKey;
  readonly group: 'time' | 'hands' | 'view';
  readonly run: () => void;
}

const TIME: readonly Command[] = [
  { keys: [' ', '.'], label: 'command.play', group: 'time', run: time.togglePlay },
  { keys: ['ArrowRight'], label: 'command.step', group: 'time', run: () => time.step(1) },
  { keys: ['ArrowLeft'], label: 'command.back', group: 'time', run: () => time.step(-1) },
  { keys: ['Shift+ArrowRight'], label: 'command.stepMany', group: 'time', run: () => time.turn(1) },
  { keys: ['Shift+ArrowLeft'], label: 'command.backMany', group: 'time', run: () => time.turn(-1) },
  { keys: ['Home'], label: 'command.start', group: 'time', run: time.toStart },
  { keys: ['End'], label: 'command.end', group: 'time', run: time.toEnd },
  { keys: ['+', '='], label: 'command.faster', group: 'time', run: time.faster },
  { keys: ['-'], label: 'command.slower', group: 'time', run: time.slower },
  { keys: ['e'], label: 'command.nextElection', group: 'time', run: () => time.jump('election', 1) },
  { keys: ['E'], label: 'command.previousElection', group: 'time', run: () => time.jump('election', -1) },
  { keys: ['m'], label: 'command.nextCommit', group: 'time', run: () => time.jump('commit', 1) },
  { keys: ['M'], label: 'command.previousCommit', group: 'time', run: () => time.jump('commit', -1) },
  { keys: ['x'], label: 'command.nextFault', group: 'time', run: () => time.jump('fault', 1) },
  { keys: ['X'], label: 'command.previousFault', group: 'time', run: () => time.jump('fault', -1) },
  { keys: ['v'], label: 'command.nextViolation', group: 'time', run: () => time.jump('violation', 1) },
  { keys: ['V'], label: 'command.previousViolation', group: 'time', run: () => time.jump('violation', -1) },
];

const HANDS: readonly Command[] = [
  { keys: ['c'], label: 'command.write', group: 'hands', run: () => hands.write() },
  { keys: ['C'], label: 'command.request', group: 'hands', run: () => (dialog.value = { kind: 'write' }) },
  { keys: ['k'], label: 'command.killLeader', group: 'hands', run: () => hands.withLeader(({ id }) => hands.kill(id)) },
  {
    keys: ['r'],
    label: 'command.restartLeader',
    group: 'hands',
    run: () => hands.withLeader(({ id }) => hands.restart(id)),
  },
  { keys: ['p'], label: 'command.pauseLeader', group: 'hands', run: hands.pauseLeaderOrResume },
  { keys: ['t'], label: 'command.partition', group: 'hands', run: () => (dialog.value = { kind: 'partition' }) },
  { keys: ['b'], label: 'command.allUp', group: 'hands', run: hands.allUp },
  { keys: ['u'], label: 'command.undo', group: 'hands', run: hands.undo },
  { keys: ['f'], label: 'command.fork', group: 'hands', run: hands.fork },
];

const VIEW: readonly Command[] = [
  { keys: ['o'], label: 'command.open', group: 'view', run: () => (dialog.value = { kind: 'run' }) },
  // A report is one file, with a trace and without the course.
  ...(isOneFile() ? [] : [{ keys: ['l'], label: 'command.lessons', group: 'view', run: toggleLessons } as const]),
  { keys: ['s'], label: 'command.save', group: 'view', run: () => (dialog.value = { kind: 'save' }) },
  { keys: ['h'], label: 'command.share', group: 'view', run: () => (dialog.value = { kind: 'share' }) },
  { keys: ['n'], label: 'command.nextTab', group: 'view', run: nextTab },
  { keys: ['d'], label: 'command.theme', group: 'view', run: toggleTheme },
  { keys: ['g'], label: 'command.language', group: 'view', run: nextLanguage },
  { keys: ['?'], label: 'command.help', group: 'view', run: () => (dialog.value = { kind: 'help' }) },
];

export const COMMANDS: readonly Command[] = [...TIME, ...HANDS, ...VIEW];

/** The tabs that make sense for the run that is open. */
export function tabsShown(service: string | undefined, comparing: boolean): readonly Tab[] {
  return [
    'diagram',
    'logs',
    'ledger',
    'ladder',
    ...(service === 'zookeeper' ? (['tree'] as const) : []),
    'properties',
    ...(comparing ? (['compare'] as const) : []),
  ];
}

function nextTab(): void {
  const tabs = tabsShown(main.about.value?.service, false);
  tab.value = tabs[(tabs.indexOf(tab.value) + 1) % tabs.length] ?? 'diagram';
}

export function toggleLessons(): void {
  lesson.value = lesson.value === null ? '' : null;
}

export function nextLanguage(): void {
  chooseLanguage(language.value === 'zh' ? 'en' : 'zh');
}

/** The keys of a command as a reader knows them. */
export function keyNames({ keys }: Pick<Command, 'keys'>): readonly string[] {
  return keys.map((key) => {
    if (key === ' ') return t('key.space');
    const name = key.replace('ArrowRight', '→').replace('ArrowLeft', '←').replace('Shift+', '⇧ ');
    return /^[A-Z]$/.test(name) ? `⇧ ${name}` : /^[a-z]$/.test(name) ? name.toUpperCase() : name;
  });
}

/** `Play (Space)`: a name with its key, for the tips of buttons. */
export function withKey(name: string, label: PlainKey): string {
  const command = COMMANDS.find((each) => each.label === label);
  const [key] = command === undefined || !singleKeys.value ? [] : keyNames(command);
  return key === undefined ? name : `${name} (${key})`;
}

export function startKeys(): void {
  singleKeys.value = remembered('singleKeys') !== 'off';
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (menu.value !== null || dialog.value !== null || takesLetters(event)) return;
    if (!singleKeys.value && event.key.length === 1) return;
    const named = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
    const command = COMMANDS.find(({ keys }) => keys.includes(named));
    if (command !== undefined) {
      event.preventDefault();
      command.run();
    } else if (/^[1-9]$/.test(event.key)) chooseServer(Number(event.key));
    else if (event.key === '0') chooseFlight();
  });
}

export function switchSingleKeys(on: boolean): void {
  singleKeys.value = on;
  remember('singleKeys', on ? 'on' : 'off');
}

/** Whether the thing with the focus wants this key for itself. */
function takesLetters({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches('input:not([type=range]), textarea, select, [contenteditable], [data-keys]')) return true;
  const arrows = key.startsWith('Arrow') || key === 'Home' || key === 'End';
  if (arrows && target.matches('[role=tab], input[type=range], [role=menuitem]')) return true;
  return (key === ' ' || key === 'Enter') && target.matches('button, a, summary, [role=button]');
}

function chooseServer(nth: number): void {
  const server = main.about.value?.servers[nth - 1];
  const element = document.querySelector(`[data-item="server-${server}"]`);
  if (server === undefined || !(element instanceof SVGElement)) return;
  element.focus();
  const { left, top, width, height } = element.getBoundingClientRect();
  openMenu({ kind: 'server', server }, left + width / 2, top + height / 2);
}

/** The next message that would arrive, pings last. */
function chooseFlight(): void {
  time.pause();
  const flights = [...(main.frame.value?.flights ?? [])].sort((a, b) => rank(a) - rank(b) || due(a) - due(b));
  for (const { event } of flights) {
    const element = document.querySelector(`[data-item="flight-${event}"]`);
    if (!(element instanceof SVGElement)) continue;
    element.focus();
    const { left, top, width, height } = element.getBoundingClientRect();
    openMenu({ kind: 'flight', event }, left + width / 2, top + height / 2);
    return;
  }
}

type Flights = NonNullable<typeof main.frame.value>['flights'];

function rank({ kind }: Flights[number]): number {
  return kind.includes('PING') || kind === 'CLIENTPONG' ? 1 : 0;
}

function due({ dueAt }: Flights[number]): number {
  return dueAt ?? Number.MAX_SAFE_INTEGER;
}
