import type { Scenario } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { MessageKind } from '../sim/zab/messages.ts';
import { HEARTBEATS, hostsOf } from './exports/format.ts';
import { Pairing } from './pairing.ts';
import type { Paint } from './paint.ts';
import { eventShort, packetShort } from './short-words.ts';
import { columns, pad } from './text.ts';
import { shownByProcess } from './words.ts';

/** The letters that a diagram is drawn with. */
interface Glyphs {
  readonly up: string;
  readonly leading: string;
  readonly paused: string;
  readonly from: string;
  readonly line: string;
  readonly lostLine: string;
  readonly cross: string;
  readonly right: string;
  readonly left: string;
  readonly lost: string;
  readonly more: string;
  readonly marks: Readonly<Record<Mark, string>>;
}

type Mark =
  'start' | 'end' | 'pause' | 'resume' | 'epoch' | 'elected' | 'serves' | 'leaves' | 'fenced' | 'cut' | 'disk';

const UNICODE: Glyphs = {
  up: '│',
  leading: '┃',
  paused: '┊',
  from: '●',
  line: '─',
  lostLine: '╌',
  cross: '┼',
  right: '▶',
  left: '◀',
  lost: '×',
  more: '…',
  marks: {
    start: '▲',
    end: '✖',
    pause: '‖',
    resume: '▷',
    epoch: '◆',
    elected: '★',
    serves: '■',
    leaves: '□',
    fenced: '⊘',
    cut: '✂',
    disk: '✗',
  },
};

const ASCII: Glyphs = {
  up: '|',
  leading: '#',
  paused: ':',
  from: 'o',
  line: '-',
  lostLine: '.',
  cross: '+',
  right: '>',
  left: '<',
  lost: 'x',
  more: '~',
  marks: {
    start: '^',
    end: 'X',
    pause: '=',
    resume: '^',
    epoch: 'E',
    elected: '*',
    serves: 'S',
    leaves: 'L',
    fenced: '!',
    cut: 'T',
    disk: '!',
  },
};

export interface DiagramOptions {
  readonly scenario: Scenario;
  readonly paint: Paint;
  /** Columns of the screen. */
  readonly width: number;
  readonly ascii: boolean;
  readonly from: Micros;
  readonly until: Micros;
}

/** One packet, or the same packet to several: drawn where it is sent, with how long it took. */
interface Sending {
  readonly row: 'packet';
  readonly at: Micros;
  readonly from: number;
  readonly words: string;
  /** By receiver: when it arrived, or null when it was lost. A receiver of which nothing is known is not in it. */
  readonly arrivals: Map<number, Micros | null>;
}

interface Happening {
  readonly row: 'mark';
  readonly at: Micros;
  readonly host: number;
  readonly mark: Mark | null;
  readonly words: string;
  readonly kind: TraceEvent['kind'];
}

type Row = (Sending | Happening) & { readonly lanes: ReadonlyMap<number, Lane> };
type Lane = 'down' | 'up' | 'paused' | 'leading';

/** Packets that would hide the others. */
const SKIPPED: ReadonlySet<MessageKind> = new Set<MessageKind>([...HEARTBEATS, 'GREETING', 'NOTIFICATION']);
/** Columns for the time, and at least so many for the words. */
const MARGIN = 10;
const LEAST_WORDS = 33;
const HEAD_EVERY = 60;

/** A space-time diagram for a terminal: a lane a server and client, time downwards. Packets stand where they are sent. */
export class Diagram {
  readonly #options: DiagramOptions;
  readonly #rows: Row[] = [];
  readonly #packets = new Pairing();
  readonly #sendings = new Map<number, Sending>();
  readonly #lanes = new Map<number, Lane>();
  readonly #paused = new Set<number>();
  /** The row of each host's latest sending. */
  readonly #latest = new Map<number, Sending>();
  #frozen: ReadonlyMap<number, Lane> | null = null;
  #index = -1;

  constructor(options: DiagramOptions) {
    this.#options = options;
    for (const host of hostsOf(options.scenario)) this.#lanes.set(host, host < 0 ? 'up' : 'down');
  }

  /** Sees every event from the start of the run. */
  observe(event: TraceEvent): void {
    this.#index++;
    const sent = this.#packets.observe(event, this.#index);
    const { from, until } = this.#options;
    this.#follow(event);
    if (event.kind === 'received' || event.kind === 'lost') {
      this.#sendings.get(sent)?.arrivals.set(event.server, event.kind === 'lost' ? null : event.at);
      this.#sendings.delete(sent);
      return;
    }
    if (event.at < from || event.at > until) return;
    if (event.kind === 'sent') this.#send(event);
    else this.#mark(event);
  }

  lines(): string[] {
    const hosts = this.#hosts();
    const width = Math.max(60, this.#options.width);
    const lane = Math.max(3, Math.min(10, Math.floor((width - MARGIN - LEAST_WORDS) / Math.max(1, hosts.length))));
    const place = new Map(hosts.map((host, i) => [host, MARGIN + i * lane + Math.floor(lane / 2)]));
    const words = MARGIN + hosts.length * lane + 1;
    const head = this.#head(hosts, lane);
    const lines: string[] = [];
    let last = -1;
    this.#rows.forEach((row, i) => {
      if (i % HEAD_EVERY === 0) lines.push(head);
      lines.push(this.#line(row, { place, words, width, repeated: row.at === last }));
      last = row.at;
    });
    return lines.length === 0 ? [head, '  (nothing happens in this window)'] : lines;
  }

  /** Hosts that do something in the window: servers always, clients when they are heard of. */
  #hosts(): number[] {
    const heard = new Set<number>();
    for (const row of this.#rows) {
      if (row.row === 'mark') heard.add(row.host);
      else for (const host of [row.from, ...row.arrivals.keys()]) heard.add(host);
    }
    const most = Math.floor((Math.max(60, this.#options.width) - MARGIN - LEAST_WORDS) / 3);
    return hostsOf(this.#options.scenario)
      .filter((host) => host > 0 || heard.has(host))
      .slice(0, most);
  }

  #head(hosts: readonly number[], lane: number): string {
    const { scenario, paint } = this.#options;
    const names = hosts.map((host) => {
      const name = host > 0 ? `S${host}` : (scenario.clients[-host - 1]?.name ?? '');
      const short = (this.#options.ascii ? plain(name) : name).slice(0, lane - 1);
      const before = Math.floor((lane - short.length) / 2);
      return pad(' '.repeat(before) + short, lane);
    });
    return paint.title(`${pad('time (s)', MARGIN)}${names.join('')}`.trimEnd());
  }

  #follow(event: TraceEvent): void {
    const { server } = event;
    const lane = laneAfter(event);
    if (lane === undefined) return;
    this.#frozen = null;
    if (lane === 'paused') this.#paused.add(server);
    else this.#paused.delete(server);
    if (lane !== 'paused' && lane !== 'resumed') this.#lanes.set(server, lane);
  }

  #send(event: Extract<TraceEvent, { readonly kind: 'sent' | 'received' }>): void {
    if (!SKIPPED.has(event.message.kind)) this.#sent(event, packetShort(event.message));
  }

  /** The same words at the same time from the same host are one row. */
  #sent(event: TraceEvent, words: string): void {
    const same = this.#latest.get(event.server);
    if (same?.at === event.at && same.words === words) {
      this.#sendings.set(this.#index, same);
      return;
    }
    const sending: Sending & Row = {
      row: 'packet',
      at: event.at,
      from: event.server,
      words,
      arrivals: new Map(),
      lanes: this.#snapshot(),
    };
    this.#rows.push(sending);
    this.#sendings.set(this.#index, sending);
    this.#latest.set(event.server, sending);
  }

  #mark(event: TraceEvent): void {
    const mark = markOf(event);
    if (mark === undefined || (event.kind === 'fault' && shownByProcess(event))) return;
    const { at, server, kind } = event;
    this.#rows.push({ row: 'mark', at, host: server, mark, words: eventShort(event), kind, lanes: this.#snapshot() });
  }

  /** The lanes as they are now; shared by the rows between two changes. */
  #snapshot(): ReadonlyMap<number, Lane> {
    this.#frozen ??= new Map([...this.#lanes].map(([host, lane]) => [host, this.#paused.has(host) ? 'paused' : lane]));
    return this.#frozen;
  }

  #line(row: Row, layout: Layout): string {
    const { ascii, paint } = this.#options;
    const glyphs = ascii ? ASCII : UNICODE;
    const cells: string[] = Array.from({ length: layout.words }, () => ' ');
    for (const [host, x] of layout.place) cells[x] = laneGlyph(row.lanes.get(host), glyphs);
    const all = row.row === 'packet' ? draw(row, cells, layout, glyphs) : row.words;
    const said = ascii ? plain(all) : all;
    if (row.row === 'mark') {
      const x = layout.place.get(row.host);
      if (x !== undefined && row.mark !== null) cells[x] = glyphs.marks[row.mark];
    }
    const time = layout.repeated ? ' '.repeat(MARGIN) : pad(timeText(row.at), MARGIN);
    const room = layout.width - layout.words;
    const short = columns(said) <= room ? said : `${said.slice(0, Math.max(0, room - 1))}${glyphs.more}`;
    return `${paint.dim(time)}${cells.slice(MARGIN).join('')}${painted(row, short, paint)}`.trimEnd();
  }
}

interface Layout {
  readonly place: ReadonlyMap<number, number>;
  /** Where the words begin. */
  readonly words: number;
  readonly width: number;
  /** The row above has the same time. */
  readonly repeated: boolean;
}

/** Draws the arrows of one sending, and says what was sent and how long it took. */
function draw(row: Sending, cells: string[], { place }: Layout, glyphs: Glyphs): string {
  const from = place.get(row.from);
  const delays: number[] = [];
  let lost = 0;
  const targets: { x: number; lost: boolean }[] = [];
  for (const [host, arrival] of row.arrivals) {
    if (arrival === null) lost++;
    else delays.push(arrival - row.at);
    const x = place.get(host);
    if (x !== undefined) targets.push({ x, lost: arrival === null });
  }
  if (from !== undefined) {
    for (const target of targets) {
      const step = target.x > from ? 1 : -1;
      for (let x = from + step; x !== target.x; x += step) cells[x] = lineAt(cells[x]!, target.lost, glyphs);
    }
    for (const target of targets)
      cells[target.x] = target.lost ? glyphs.lost : target.x > from ? glyphs.right : glyphs.left;
    cells[from] = glyphs.from;
  }
  const took = delays.length === 0 ? '' : ` ${delayText(Math.min(...delays), Math.max(...delays))}`;
  const fate = lost > 0 ? ` ${lost === row.arrivals.size ? 'lost' : `${lost} lost`}` : '';
  return `${row.words}${took}${fate}${row.arrivals.size === 0 ? ' (on its way)' : ''}`;
}

function lineAt(cell: string, lost: boolean, glyphs: Glyphs): string {
  if (cell === glyphs.up || cell === glyphs.leading || cell === glyphs.paused || cell === glyphs.cross)
    return glyphs.cross;
  if (cell === glyphs.right || cell === glyphs.left || cell === glyphs.lost) return cell;
  return lost && cell !== glyphs.line ? glyphs.lostLine : glyphs.line;
}

/** `+1ms`, `+1..4ms`: rounded up, so that nothing takes no time. */
function delayText(least: Micros, most: Micros): string {
  const [a, b] = [Math.ceil(least / 1000), Math.ceil(most / 1000)];
  return a === b ? `+${a}ms` : `+${a}..${b}ms`;
}

function painted(row: Row, words: string, paint: Paint): string {
  if (row.row === 'packet') return words;
  switch (row.kind) {
    case 'fenced':
      return paint.fence(words);
    case 'fault':
    case 'ended':
    case 'paused':
    case 'diskFailed':
      return paint.fault(words);
    case 'established':
      return paint.leader(words);
    case 'calm':
    case 'mended':
    case 'resumed':
      return paint.good(words);
    default:
      return paint.title(words);
  }
}

/** How a server's lane is drawn from this event on; undefined: as before; `resumed`: as before the pause. */
function laneAfter(event: TraceEvent): Lane | 'resumed' | undefined {
  switch (event.kind) {
    case 'started':
      return 'up';
    case 'ended':
      return 'down';
    case 'paused':
      return 'paused';
    case 'resumed':
      return 'resumed';
    case 'stateChanged':
      return event.state === 'LEADING' ? 'leading' : 'up';
    default:
      return undefined;
  }
}

function laneGlyph(lane: Lane | undefined, glyphs: Glyphs): string {
  if (lane === undefined || lane === 'down') return ' ';
  return lane === 'leading' ? glyphs.leading : lane === 'paused' ? glyphs.paused : glyphs.up;
}

/** The mark of an event in its lane; null: none, only words; undefined: it is not shown. */
function markOf(event: TraceEvent): Mark | null | undefined {
  switch (event.kind) {
    case 'started':
      return 'start';
    case 'ended':
      return 'end';
    case 'paused':
      return 'pause';
    case 'resumed':
      return 'resume';
    case 'epochWritten':
      return 'epoch';
    case 'elected':
    case 'established':
      return 'elected';
    case 'serving':
      return 'serves';
    case 'leftRole':
      return 'leaves';
    case 'fenced':
      return 'fenced';
    case 'truncated':
      return 'cut';
    case 'diskFailed':
      return 'disk';
    case 'fault':
    case 'mended':
    case 'calm':
      return null;
    default:
      return undefined;
  }
}

/** In letters that every terminal has. */
function plain(text: string): string {
  return text.replaceAll('→', '->').replaceAll(/[^\x20-\x7e]/g, '?');
}

function timeText(at: Micros): string {
  const ms = Math.floor(at / 1000);
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`.padStart(MARGIN - 2);
}
