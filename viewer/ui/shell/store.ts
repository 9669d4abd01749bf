import { batch, computed, signal, type Signal } from '@preact/signals';
import { EngineClient, type Wire } from '../../engine/client.ts';
import type { Frame } from '../../frame.ts';
import type { About, Library, LibraryText, OpenOptions, SessionId, Source } from '../../protocol.ts';
import type { Micros } from '../../../sim/time.ts';
import { t } from './i18n.ts';
import { TraceStore } from './trace-store.ts';

/** What the page knows: two runs as the engine tells them, and what the reader looks at. Components read the signals; only
 *  the functions here and in hands.ts change them. */

/** One run: the one in front, or the future it is compared with. */
export interface Run {
  readonly session: SessionId;
  readonly about: Signal<About | null>;
  readonly frame: Signal<Frame | null>;
  readonly trace: TraceStore;
}

function newRun(session: SessionId): Run {
  return { session, about: signal<About | null>(null), frame: signal<Frame | null>(null), trace: new TraceStore() };
}

export const main: Run = newRun('main');
export const other: Run = newRun('other');
export const library = signal<Library>({ scenarios: [], releases: [], bugs: [] });
/** Two futures are open, side by side. */
export const comparing = computed(() => other.about.value !== null);

export type Tab = 'diagram' | 'logs' | 'ledger' | 'ladder' | 'tree' | 'properties' | 'compare';
export const tab = signal<Tab>('diagram');

/** The trace event that is chosen, by its index; null: none. */
export const selectedEvent = signal<number | null>(null);

/** What is open above the page. */
export type OpenDialog =
  | { readonly kind: 'run' | 'save' | 'share' | 'help' | 'partition' | 'write' | 'report' }
  | { readonly kind: 'drift'; readonly server: number };
export const dialog = signal<OpenDialog | null>(null);

/** The open menu, and where it opens in the window. */
export type MenuOf =
  | { readonly kind: 'server'; readonly server: number }
  | { readonly kind: 'link'; readonly a: number; readonly b: number }
  | { readonly kind: 'flight'; readonly event: number }
  | { readonly kind: 'client'; readonly client: number };
export const menu = signal<{ readonly of: MenuOf; readonly x: number; readonly y: number } | null>(null);

export interface Notice {
  readonly id: number;
  readonly tone: 'bad' | 'info';
  readonly lines: readonly string[];
}
export const notices = signal<readonly Notice[]>([]);
let noticeCount = 0;

/** Said once, beside the story: shown for a while, and read aloud. */
export const announced = signal('');
let forgetting: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
  announced.value = text;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => (announced.value = ''), 5000);
}

/** What the last jump was looking for, as a key of its name. */
let sought: 'time.election' | 'time.commit' | 'time.fault' | 'time.violation' | null = null;

export function lookFor(what: typeof sought): void {
  sought = what;
}

/** The lesson that is open beside the ensemble, by its folder; null: none. `''`: the list. */
export const lesson = signal<string | null>(null);

export const singleKeys = signal(true);

const FALLBACK = 'old-leader-pauses-and-is-fenced';

/** The run that is about to be opened stands in for one that could not be. */
let instead = false;

let client: EngineClient | null = null;

/** The page's end of the engine. Only after `startEngine`. */
export function engine(): EngineClient {
  if (client === null) throw new Error('the engine has not been started');
  return client;
}

export function startEngine(
  wire: Wire,
  texts: readonly LibraryText[],
  first: { source: Source; options: OpenOptions },
): void {
  client = new EngineClient(wire, {
    ready: (known) => {
      library.value = known;
      open(first.source, first.options);
    },
    opened,
    closed: (session) => {
      const run = runOf(session);
      batch(() => {
        run.about.value = null;
        run.frame.value = null;
        run.trace.clear();
        if (tab.value === 'compare') tab.value = 'diagram';
      });
    },
    frame: (session, frame) => {
      const run = runOf(session);
      batch(() => {
        run.frame.value = frame;
        if (session === 'main') judgePromise(frame);
        if (session === 'other') asked = false;
      });
      keepAlongside();
    },
    events: (session, from, events) => runOf(session).trace.take(from, events),
    refused: (_session, what, lines) => {
      if (what === 'jump' && sought !== null) announce(t('time.none', { what: t(sought) }));
      else notify('bad', lines);
      // A link that cannot be opened leaves the reader with something to look at.
      if (what === 'open' && main.about.peek() === null) {
        instead = true;
        open({ kind: 'scenario', name: FALLBACK }, {});
      }
    },
    fault: (message) => notify('bad', [t('app.failed', { why: message })]),
  });
  client.start(texts);
}

export function runOf(session: SessionId): Run {
  return session === 'main' ? main : other;
}

function opened(session: SessionId, about: About): void {
  const run = runOf(session);
  batch(() => {
    // The frame of before stands until the new one comes, which is at once.
    run.about.value = about;
    run.trace.clear();
    if (session === 'main') {
      // What was said of the run before is of no use to this one.
      if (!instead) notices.value = [];
      instead = false;
      judged = false;
      selectedEvent.value = null;
      menu.value = null;
    } else tab.value = 'compare';
    if (about.warnings.length > 0) notify('info', about.warnings);
  });
}

/** A seek of the other future is under way. */
let asked = false;

/** The two futures show the same time. */
function keepAlongside(): void {
  const mine = main.frame.peek();
  const theirs = other.frame.peek();
  if (asked || mine === null || theirs === null || mine.position.at === theirs.position.at) return;
  if (theirs.ended && mine.position.at > theirs.position.at) return;
  asked = true;
  engine().send({ kind: 'seek', session: 'other', to: { kind: 'time', at: mine.position.at } });
}

/** Whether what the link promised has been judged. */
let judged = false;

/** Says once whether this is the run that the link was made of. */
function judgePromise({ promised, hash }: Frame): void {
  if (promised === null || judged) return;
  judged = true;
  if (promised.equal) notify('info', [t('app.sameHash', { hash: promised.hash })]);
  else notify('bad', [t('app.otherHash', { expected: promised.hash, hash })]);
}

/** Opens another run in front. */
export function open(source: Source, options: OpenOptions): void {
  if (comparing.value) engine().send({ kind: 'close', session: 'other' });
  engine().send({ kind: 'open', session: 'main', source, options });
}

export function notify(tone: Notice['tone'], lines: readonly string[]): void {
  if (notices.value.some((notice) => notice.lines.join('\n') === lines.join('\n'))) return;
  noticeCount++;
  notices.value = [...notices.value.slice(-2), { id: noticeCount, tone, lines }];
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Right after that event of the trace. */
export function goToEvent(event: number): void {
  selectedEvent.value = event;
  engine().send({ kind: 'pause', session: 'main' });
  engine().send({ kind: 'seek', session: 'main', to: { kind: 'event', event } });
}

export function goToTime(at: Micros): void {
  engine().send({ kind: 'seek', session: 'main', to: { kind: 'time', at } });
}
