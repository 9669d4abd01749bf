import type { Frame } from '../../frame.ts';
import { who } from '../../../report/text.ts';
import { t } from '../shell/i18n.ts';
import { between, edgeOf, type Point, type Ring } from './geometry.ts';
import { Item } from './item.tsx';

export type LinkState = 'free' | 'cut' | 'cutForth' | 'cutBack' | 'clogged' | 'slow';

/** One pair of servers, `a < b`. */
export interface LinkView {
  readonly a: number;
  readonly b: number;
  readonly state: LinkState;
  /** Who follows the other; 0: nobody. */
  readonly follower: number;
  /** A connection of the quorum plane joins them. */
  readonly joined: boolean;
}

/** The state of every pair. */
export function linksOf(frame: Frame): LinkView[] {
  const { servers } = frame;
  const leaders = new Map(servers.map((server) => [server.id, server.leader]));
  const joined = new Set(
    frame.connections
      .filter(({ plane, whole }) => plane === 'quorum' && whole)
      .map(({ ends }) => pairKey(ends[0], ends[1])),
  );
  const faults = new Map(frame.links.map((link) => [`${link.from} ${link.to}`, link]));
  return servers.flatMap(({ id: a }, i) =>
    servers.slice(i + 1).map(({ id: b }) => {
      const follower = leaders.get(a) === b ? a : leaders.get(b) === a ? b : 0;
      const state = stateOf(faults.get(`${a} ${b}`), faults.get(`${b} ${a}`));
      return { a, b, state, follower, joined: joined.has(pairKey(a, b)) };
    }),
  );
}

function pairKey(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

type Fault = Frame['links'][number] | undefined;

function stateOf(forth: Fault, back: Fault): LinkState {
  const [one, two] = [kindOf(forth), kindOf(back)];
  if (one === 'cut' && two === 'cut') return 'cut';
  if (one === 'cut') return 'cutForth';
  if (two === 'cut') return 'cutBack';
  return one !== 'free' ? one : two;
}

function kindOf(fault: Fault): 'free' | 'cut' | 'clogged' | 'slow' {
  if (fault === undefined) return 'free';
  if (fault.fault === null) return 'slow';
  return /clog|swizzle/i.test(fault.fault) ? 'clogged' : 'cut';
}

export function linkWords({ a, b, state }: LinkView): string {
  return t('ensemble.link', { a: who(a), b: who(b), state: stateWords(a, b, state) });
}

function stateWords(a: number, b: number, state: LinkState): string {
  switch (state) {
    case 'free':
      return t('ensemble.linkFree');
    case 'cut':
      return t('ensemble.linkCut');
    case 'cutForth':
      return t('ensemble.linkCutOneWay', { from: who(a), to: who(b) });
    case 'cutBack':
      return t('ensemble.linkCutOneWay', { from: who(b), to: who(a) });
    case 'clogged':
      return t('ensemble.linkClogged');
    case 'slow':
      return t('ensemble.linkSlow');
  }
}

interface LinksProps {
  readonly links: readonly LinkView[];
  readonly ring: Ring;
  readonly placeOf: (server: number) => Point;
}

export function Links({ links, ring, placeOf }: LinksProps) {
  return (
    <g>
      {links.map((link) => {
        const from = placeOf(link.a);
        const to = placeOf(link.b);
        const a = edgeOf(from, ring.card, to);
        const b = edgeOf(to, ring.card, from);
        return <Link key={`${link.a} ${link.b}`} link={link} a={a} b={b} />;
      })}
    </g>
  );
}

function Link({ link, a, b }: { readonly link: LinkView; readonly a: Point; readonly b: Point }) {
  return (
    <Item
      class="link-group"
      of={{ kind: 'link', a: link.a, b: link.b }}
      label={linkWords(link)}
      name={`link-${link.a}-${link.b}`}
      hit={<line class="link-hit" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />}
    >
      <line class={classOf(link)} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      {link.follower !== 0 && link.state !== 'free' && (
        <line class="link link-believed" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
      )}
      {link.follower !== 0 && <Arrow from={link.follower === link.a ? a : b} to={link.follower === link.a ? b : a} />}
      {link.state !== 'free' && <Sign link={link} a={a} b={b} />}
    </Item>
  );
}

function classOf({ state, follower, joined }: LinkView): string {
  if (state === 'clogged') return 'link link-clogged';
  if (state === 'slow') return 'link link-slow';
  if (state !== 'free') return 'link link-cut';
  if (follower !== 0) return 'link link-follows';
  return joined ? 'link link-open' : 'link';
}

/** Points from who follows to whom it follows. */
function Arrow({ from, to }: { readonly from: Point; readonly to: Point }) {
  const degrees = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return <path class="follow-arrow" d="M0 0L-11 -5V5z" transform={`translate(${to.x} ${to.y}) rotate(${degrees})`} />;
}

/** A cross in the middle for a cut, near the sender if it is one way; an hourglass for a clog; dots for a slow link. */
function Sign({ link, a, b }: { readonly link: LinkView; readonly a: Point; readonly b: Point }) {
  const { state } = link;
  const place = between(a, b, state === 'cutForth' ? 0.3 : state === 'cutBack' ? 0.7 : 0.5);
  const degrees = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI + (state === 'cutBack' ? 180 : 0);
  const one = state === 'cutForth' || state === 'cutBack';
  return (
    <g class={`link-sign link-sign-${state}`} transform={`translate(${place.x} ${place.y})`}>
      <circle r={9.5} />
      {state === 'clogged' && <path d="M-4 -5H4L-4 5H4z" />}
      {state === 'slow' && <path d="M-4.5 0h.01M0 0h.01M4.5 0h.01" />}
      {(one || state === 'cut') && <path d="M-4 -4L4 4M4 -4L-4 4" />}
      {one && <path d="M14 -5L20 0L14 5" transform={`rotate(${degrees})`} />}
    </g>
  );
}
