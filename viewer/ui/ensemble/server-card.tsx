import type { ServerFrame } from '../../frame.ts';
import { who, zxidText } from '../../../report/text.ts';
import { t } from '../shell/i18n.ts';
import { CARDS, type Detail, type Point } from './geometry.ts';

const PHASES = ['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'] as const;

/** A sign for each role, beside its colour. */
export const ROLE_SIGNS: Readonly<Record<string, string>> = {
  LEADING: '★',
  FOLLOWING: '●',
  OBSERVING: '◆',
  LOOKING: '?',
  STARTING: '…',
  DOWN: '✕',
};

export function roleOf(server: ServerFrame): keyof typeof ROLE_SIGNS {
  if (server.starting) return 'STARTING';
  return server.up ? server.state : 'DOWN';
}

interface CardProps {
  readonly server: ServerFrame;
  readonly place: Point;
  readonly detail: Detail;
  readonly scale: number;
  /** A violation, or a refusal, has just shown here. */
  readonly alarmed: boolean;
  /** Side of the partition that is being drawn; null: none. */
  readonly side: 0 | 1 | null;
}

/** One server: who it is, what it believes, what its disk says. */
export function ServerCard({ server, place, detail, scale, alarmed, side }: CardProps) {
  const role = roleOf(server);
  const { width, height } = CARDS[detail];
  const [x, y] = [place.x - (width / 2) * scale, place.y - (height / 2) * scale];
  return (
    <g transform={`translate(${x} ${y}) scale(${scale})`}>
      <rect class="focus" x={-4} y={-4} width={width + 8} height={height + 8} rx={11} />
      {alarmed && <rect class="flash" x={-4} y={-4} width={width + 8} height={height + 8} rx={11} />}
      <rect class="card" width={width} height={height} rx={8} />
      <Head server={server} role={role} width={width} detail={detail} />
      <g class="body">
        {detail === 'full' && <FullBody server={server} width={width} />}
        {detail === 'compact' && <CompactBody server={server} />}
        {detail === 'tiny' && (
          <text class="number" x={6} y={29} font-size={9.5}>
            {zxidText(server.lastZxid).slice(-6)}
          </text>
        )}
      </g>
      {server.paused && <Paused width={width} height={height} detail={detail} />}
      {side !== null && <rect class={`side-${side}`} width={width} height={height} rx={8} />}
    </g>
  );
}

function Head({
  server,
  role,
  width,
  detail,
}: {
  readonly server: ServerFrame;
  readonly role: string;
  readonly width: number;
  readonly detail: Detail;
}) {
  const high = detail === 'full' ? 25 : detail === 'compact' ? 21 : 18;
  const size = detail === 'full' ? 15 : detail === 'compact' ? 13 : 11;
  const line = high - (high - size) / 2 - 2;
  return (
    <>
      <path class={`head-${role}`} d={`M0 8a8 8 0 0 1 8 -8H${width - 8}a8 8 0 0 1 8 8V${high}H0z`} />
      <text class="head-text" x={8} y={line} font-size={size}>
        {who(server.id)}
      </text>
      <text class="head-text" x={width - 8} y={line} font-size={detail === 'full' ? 12 : 11} text-anchor="end">
        {detail === 'full' ? `${role} ${ROLE_SIGNS[role]}` : ROLE_SIGNS[role]}
      </text>
    </>
  );
}

function FullBody({ server, width }: { readonly server: ServerFrame; readonly width: number }) {
  const { acceptedEpoch, currentEpoch } = server;
  return (
    <>
      <text class="number" x={8} y={43} font-size={13.5}>
        {zxidText(server.lastZxid)}
      </text>
      <Pips server={server} x={width - 8} y={38.5} />
      <text x={8} y={60} font-size={12}>
        <tspan class="label">{t('ensemble.accepted')} </tspan>
        <tspan class={acceptedEpoch === currentEpoch ? 'number' : 'number rise'}>{acceptedEpoch ?? '–'}</tspan>
        <tspan class="label"> · {t('ensemble.current')} </tspan>
        <tspan class="number">{currentEpoch ?? '–'}</tspan>
      </text>
      <text class="label" x={8} y={77} font-size={12}>
        {doing(server)}
      </text>
    </>
  );
}

function CompactBody({ server }: { readonly server: ServerFrame }) {
  return (
    <>
      <text class="number" x={7} y={36} font-size={11.5}>
        {zxidText(server.lastZxid)}
      </text>
      <text class="number" x={7} y={51} font-size={11}>
        {server.acceptedEpoch ?? '–'}/{server.currentEpoch ?? '–'}
        <tspan class="label"> {server.phase?.slice(0, 5) ?? ''}</tspan>
      </text>
    </>
  );
}

/** The four phases as dots: as many are filled as it has entered. */
function Pips({ server, x, y }: { readonly server: ServerFrame; readonly x: number; readonly y: number }) {
  const reached = server.phase === null ? -1 : PHASES.indexOf(server.phase);
  return (
    <>
      {PHASES.map((phase, i) => (
        <circle key={phase} class={i <= reached ? 'pip pip-done' : 'pip'} cx={x - (3 - i) * 9 - 3} cy={y} r={3} />
      ))}
    </>
  );
}

/** What it is about, in one line. */
function doing(server: ServerFrame): string {
  if (server.starting) return t('ensemble.starting');
  if (!server.up) return t('ensemble.down');
  if (server.state === 'LOOKING')
    return server.vote === null ? '' : t('ensemble.votes', { leader: who(server.vote.leader) });
  return server.phase ?? '';
}

/** Two bars on a disc, over the corner: what the server says of itself stays readable. */
function Paused({
  width,
  height,
  detail,
}: {
  readonly width: number;
  readonly height: number;
  readonly detail: Detail;
}) {
  const scale = detail === 'full' ? 1 : 0.7;
  return (
    <g class="paused" transform={`translate(${width - 12 * scale} ${height - 3 * scale}) scale(${scale})`}>
      <circle r={16} />
      <path d="M-6.5 -8H-1.5V8H-6.5zM1.5 -8H6.5V8H1.5z" />
    </g>
  );
}

/** What a screen reader says of a server. */
export function serverWords(server: ServerFrame): string {
  const extra = [
    ...(server.paused ? [t('ensemble.paused')] : []),
    ...(server.up && server.leader !== 0 && server.leader !== server.id
      ? [t('ensemble.follows', { leader: who(server.leader) })]
      : []),
  ];
  const words = t('ensemble.server', {
    server: who(server.id),
    state: server.starting ? t('ensemble.starting') : server.up ? server.state : t('ensemble.down'),
    phase: server.phase ?? '–',
    zxid: zxidText(server.lastZxid),
    accepted: server.acceptedEpoch ?? '–',
    current: server.currentEpoch ?? '–',
  });
  return [words, ...extra].join(', ');
}
