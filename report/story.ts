import type { Scenario } from '../sim/scenario.ts';
import type { TraceEvent } from '../sim/trace.ts';
import type { Micros } from '../sim/time.ts';
import type { Vote } from '../sim/zab/messages.ts';
import { members, type ServerId } from '../sim/zab/sets.ts';
import { clientWords, withNames } from './client-words.ts';
import type { FencingLedger } from './fencing.ts';
import { OpenProposals } from './open-proposals.ts';
import type { Paint } from './paint.ts';
import { columns, count, enumerate, pad, seconds, who, whoSet, WIDTH, wrap, zxidText } from './text.ts';
import { Repeats } from './repeats.ts';
import { Tracker } from './track.ts';
import { Traffic } from './traffic.ts';
import { because, eventWords, holdWords, shownByProcess, zxidRange } from './words.ts';

export interface StoryOptions {
  readonly scenario: Scenario;
  readonly paint: Paint;
  /** Also every packet, log write and vote. */
  readonly verbose: boolean;
  /** Also what clients and their programs are told, and every session. */
  readonly clients?: boolean;
  /** Sees every event before the story does. */
  readonly ledger: FencingLedger;
  readonly write: (line: string) => void;
}

/** Columns before the text: the time, the server. */
const MARGIN = 18;

/** Tells a run to a person while it goes on: one line a turn of the story, traffic summed up between two of them. */
export class Story {
  readonly #options: StoryOptions;
  readonly #tracker: Tracker;
  readonly #traffic: Traffic;
  readonly #proposals = new OpenProposals();
  readonly #repeats = new Repeats();
  /** When the last line that was held back would have been told. */
  #heldAt: Micros = 0;
  /** What each server stood for when it began to look; forgotten once it serves. */
  readonly #initial = new Map<ServerId, Vote>();
  /** Why each server left its role: the same reason is not told twice. */
  readonly #left = new Map<ServerId, string>();

  constructor(options: StoryOptions) {
    this.#options = options;
    this.#tracker = new Tracker(options.scenario.servers);
    this.#traffic = new Traffic(options.scenario.clients);
  }

  /** Sees every event of a trace, in order. `firstRefusal`: the ledger has not seen this refusal before. */
  observe(event: TraceEvent, firstRefusal: boolean): void {
    const { verbose } = this.#options;
    this.#proposals.observe(event);
    if (this.#traffic.quiet(event.at)) this.#flush();
    if (this.#traffic.observe(event)) {
      if (!verbose) return;
      // Told one by one, it needs no sum.
      this.#traffic.flush();
      this.#tell(event.at, event.server, this.#detail(event));
      return;
    }
    if (event.kind === 'phaseChanged' && this.#tracker.get(event.server)?.state === 'LEADING') this.#heading(event);
    const told = this.#turn(event, firstRefusal);
    this.#tracker.observe(event);
    if (told !== undefined) this.#tell(event.at, event.server, told);
    else if (verbose) this.#tell(event.at, event.server, this.#detail(event));
    this.#consequences(event);
  }

  /** Tells what is still summed up. */
  end(): void {
    this.#flush();
    this.#tellHeld();
  }

  /** What only `verbose` shows. */
  #detail(event: TraceEvent): string {
    const { paint, scenario } = this.#options;
    const subject = event.server < 0 ? `${who(event.server)} ` : '';
    return paint.dim(withNames(`${subject}${eventWords(event)}`, scenario.clients));
  }

  /** The sentence for a turn of the story; undefined for what only `verbose` shows. */
  #turn(event: TraceEvent, firstRefusal: boolean): string | undefined {
    const { paint } = this.#options;
    switch (event.kind) {
      case 'voted':
        if (event.because === 'start') this.#initial.set(event.server, event.vote);
        return undefined;
      case 'elected':
        this.#initial.set(event.server, event.initial);
        return this.#elected(event);
      case 'stateChanged':
        return event.state === 'LOOKING' ? this.#looking(event.server, event.why) : undefined;
      case 'leftRole':
        this.#left.set(event.server, event.why);
        return (
          paint.looking(`stops ${event.role}`) +
          (event.epoch < 0 ? '' : ` in epoch ${event.epoch}`) +
          because(event.why)
        );
      case 'epochAcked':
        return event.counted ? undefined : eventWords(event);
      case 'established':
        return `${paint.leader('is the established leader')} of epoch ${event.epoch}: ${holdWords(event)}`;
      case 'fenced':
        return firstRefusal
          ? paint.fence('fencing') + `: ${eventWords(event)}${this.#options.ledger.promiseWords(event)}`
          : undefined;
      case 'fault':
        return shownByProcess(event) ? undefined : paint.fault(`fault: ${eventWords(event)}`);
      case 'ended':
      case 'paused':
      case 'resumed':
      case 'diskFailed':
        return paint.fault(eventWords(event));
      case 'mended':
      case 'calm':
        return paint.good(eventWords(event));
      case 'snapshotWritten':
        return event.replaces ? eventWords(event) : undefined;
      case 'serving':
        this.#initial.delete(event.server);
        return eventWords(event);
      case 'started':
      case 'epochProposed':
      case 'epochWritten':
      case 'electionFinished':
      case 'syncChosen':
      case 'truncated':
      case 'reloaded':
      case 'sessionExpired':
      case 'warned':
      case 'unexpected':
        return eventWords(event);
      case 'sessionOpened':
      case 'sessionClosed':
        return this.#options.clients === true ? eventWords(event) : undefined;
      case 'clientState':
      case 'watchEvent':
      case 'recipe': {
        const name = this.#options.scenario.clients[event.client - 1]?.name;
        return this.#options.clients === true ? clientWords(event, name) : undefined;
      }
      default:
        return undefined;
    }
  }

  #elected(event: Extract<TraceEvent, { readonly kind: 'elected' }>): string {
    const { paint } = this.#options;
    const votes = `by the votes of ${whoSet(event.supporters)} in round ${event.round}`;
    if (event.becomes === 'LEADING') {
      const reason = decidedBy(event.vote, members(event.supporters), this.#initial);
      return `${paint.leader('is elected: LEADING')}, ${votes}; ${reason}`;
    }
    const role = event.becomes === 'OBSERVING' ? paint.observer('OBSERVING') : paint.follower('FOLLOWING');
    return `is ${role} ${who(event.vote.leader)}, ${votes}`;
  }

  #looking(server: ServerId, why: string): string | undefined {
    const left = this.#left.get(server);
    this.#left.delete(server);
    return this.#options.paint.looking('is LOOKING') + (why === left ? '' : because(why));
  }

  /** What follows from an event without being told by the trace: proposals that nobody committed, and their fate. */
  #consequences(event: TraceEvent): void {
    const { paint } = this.#options;
    if (event.kind === 'ended' || (event.kind === 'leftRole' && event.role === 'LEADING')) {
      for (const open of this.#proposals.abandon(event.server)) {
        const holders = open.holders === 0 ? 'on no disk' : `on disk at ${whoSet(open.holders)}`;
        this.#tell(event.at, event.server, `leaves ${zxidRange(open.zxids)} proposed and not committed, ${holders}`);
      }
    }
    const vanished = this.#proposals.vanished();
    if (vanished.length > 0) {
      const fate = `: never committed, and now in no log`;
      this.#tell(event.at, event.server, `${paint.fence('forgets')} ${zxidRange(vanished)}${fate}`);
    }
    if (event.kind !== 'established') return;
    const { kept, dropped } = this.#proposals.judge(event.server, event.lastZxid);
    if (kept.length > 0) {
      this.#tell(
        event.at,
        event.server,
        paint.good('keeps') + ` ${zxidRange(kept)}: in its log, so committed with this epoch`,
      );
    }
    if (dropped.length > 0) {
      this.#tell(
        event.at,
        event.server,
        paint.fence('drops') + ` ${zxidRange(dropped)}: not in its log, so it must never be delivered`,
      );
    }
  }

  #heading(event: Extract<TraceEvent, { readonly kind: 'phaseChanged' }>): void {
    this.#flush();
    this.#tellHeld();
    const text = `${seconds(event.at).padStart(MARGIN - 7)}  ${who(event.server)} leads ${event.phase} `;
    this.#options.write(this.#options.paint.title(text) + this.#options.paint.dim('-'.repeat(WIDTH - text.length)));
  }

  #flush(): void {
    for (const line of this.#traffic.flush()) this.#line(line.at, line.server, line.text);
  }

  #tell(at: Micros, server: ServerId, text: string): void {
    this.#flush();
    this.#line(at, server, text);
  }

  #line(at: Micros, server: number, text: string): void {
    if (!this.#options.verbose && !this.#repeats.worthTelling(`${server} ${text}`)) {
      this.#heldAt = at;
      return;
    }
    this.#tellHeld();
    const margin = `${seconds(at).padStart(MARGIN - 7)}  ${pad(this.#name(server), 3)}  `;
    for (const line of wrap(text, margin, Math.max(MARGIN, columns(margin)))) this.#options.write(line);
  }

  #tellHeld(): void {
    const held = this.#repeats.takeHeld();
    if (held === 0) return;
    const margin = ' '.repeat(MARGIN - 1);
    const text = `... and so on: ${count(held, 'line')} like these, until ${seconds(this.#heldAt)}`;
    this.#options.write(this.#options.paint.dim(`${margin} ${text}`));
  }

  /** A server's name, in the colour of its role. */
  #name(server: number): string {
    const { paint } = this.#options;
    if (server <= 0) return '';
    const state = this.#tracker.get(server)?.state ?? 'DOWN';
    const colour = {
      LEADING: paint.leader,
      FOLLOWING: paint.follower,
      OBSERVING: paint.observer,
      LOOKING: paint.looking,
      DOWN: paint.dim,
    };
    return colour[state](who(server));
  }
}

/** Which key of the vote made the winner: peerEpoch, then zxid, then id.
 *  Source: FastLeaderElection.java#totalOrderPredicate. */
export function decidedBy(winner: Vote, voters: readonly ServerId[], initial: ReadonlyMap<ServerId, Vote>): string {
  const others = voters.flatMap((id) => {
    const vote = initial.get(id);
    return id === winner.leader || vote === undefined || vote.leader !== id ? [] : [vote];
  });
  const own = `peerEpoch ${winner.peerEpoch}, zxid ${zxidText(winner.zxid)}`;
  if (others.length === 0) return `${own}; they stand by it already`;
  const names = enumerate(others.map((vote) => who(vote.leader)));
  if (others.every((vote) => vote.peerEpoch < winner.peerEpoch))
    return `its peerEpoch ${winner.peerEpoch} is above that of ${names}`;
  const sameEpoch = others.filter((vote) => vote.peerEpoch === winner.peerEpoch);
  if (sameEpoch.every((vote) => vote.zxid < winner.zxid)) {
    const beaten = enumerate(sameEpoch.map((vote) => who(vote.leader)));
    return `its zxid ${zxidText(winner.zxid)} is above that of ${beaten} in peerEpoch ${winner.peerEpoch}`;
  }
  const equals = sameEpoch.filter((vote) => vote.zxid === winner.zxid).map((vote) => who(vote.leader));
  return equals.length === 0 ? own : `${own}, as ${enumerate(equals)}: the highest id decides`;
}
