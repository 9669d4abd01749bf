import { useLayoutEffect, useRef } from 'preact/hooks';
import { seconds, who, zxidText } from '../../../report/text.ts';
import { counterOf } from '../../../sim/zab/zxid.ts';
import { epochSteps, laddersOf, type Ladder as ServerLadder, type Ladders } from '../../diagram-model/ladders.ts';
import type { LadderPoint } from '../../protocol.ts';
import { t } from '../shell/i18n.ts';
import { goToEvent, main } from '../shell/store.ts';
import { useAsked } from './asked.ts';

/** Pixels a column, and a row; an epoch is so many of them. */
const COLUMN = 22;
const HEIGHT = 92;
const MARGIN = 16;

/** How acceptedEpoch and currentEpoch of every server climb, and what zxid each has reached. */
export function Ladder() {
  const scroller = useRef<HTMLDivElement>(null);
  const traced = main.frame.value?.position.traced ?? 0;
  const answer = useAsked({ kind: 'ladder', session: 'main' }, `${main.about.value?.name} ${traced}`);
  // The latest changes are what one wants to see.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null) element.scrollLeft = element.scrollWidth;
  }, [answer]);
  if (answer?.kind !== 'ladder') return null;
  const ladders = laddersOf(answer.points, main.about.value?.servers ?? []);
  if (ladders.columns.length === 0) return <p class="empty">{t('ladder.empty')}</p>;
  return (
    <div class="ladder" data-test="ladder">
      <p class="about">{t('ladder.about')}</p>
      <div class="ladder-scroll" ref={scroller} tabIndex={0} role="region" aria-label={t('tab.ladder')}>
        <table>
          <tbody>
            {ladders.servers.map((server) => (
              <Row key={server.server} server={server} ladders={ladders} />
            ))}
            <tr aria-hidden="true">
              <th />
              <td>
                <Times ladders={ladders} />
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <details>
        <summary>{t('ladder.list')}</summary>
        <Listed points={answer.points} />
      </details>
    </div>
  );
}

function Row({ server, ladders }: { readonly server: ServerLadder; readonly ladders: Ladders }) {
  const last = server.points.at(-1)?.point;
  const width = ladders.columns.length * COLUMN;
  const y = (epoch: number): number => HEIGHT - MARGIN - (epoch / Math.max(1, ladders.most)) * (HEIGHT - 2 * MARGIN);
  const x = (column: number): number => column * COLUMN;
  const label = t('ladder.picture', {
    server: who(server.server),
    accepted: last?.acceptedEpoch ?? 0,
    current: last?.currentEpoch ?? 0,
    zxid: zxidText(last?.lastZxid ?? 0),
  });
  return (
    <tr>
      <th scope="row">
        <b>{who(server.server)}</b>
        <small>
          {t('ensemble.accepted')} {last?.acceptedEpoch ?? '–'} · {t('ensemble.current')} {last?.currentEpoch ?? '–'}
        </small>
        <small class="mono">{last === undefined ? '–' : zxidText(last.lastZxid)}</small>
      </th>
      <td>
        <svg width={width} height={HEIGHT} role="img" aria-label={label}>
          {Array.from({ length: ladders.most + 1 }, (_, epoch) => (
            <g key={epoch}>
              <line class="rung" x1={0} x2={width} y1={y(epoch)} y2={y(epoch)} />
              <text class="rung-text" x={2} y={y(epoch) - 3}>
                {epoch}
              </text>
            </g>
          ))}
          {epochSteps(server, ladders, 'currentEpoch').map(({ from, to, epoch, up }) => (
            <rect
              key={`c${from}`}
              class={`own epoch-fill-${epoch % 8}${up ? '' : ' own-down'}`}
              x={x(from)}
              width={x(to) - x(from)}
              y={y(epoch)}
              height={Math.max(2, y(0) - y(epoch))}
            />
          ))}
          <path class="promised" d={stepPath(epochSteps(server, ladders, 'acceptedEpoch'), x, y)} />
          {server.points.map(({ column, point }) => (
            <Point key={point.event} point={point} x={x(column) + COLUMN / 2} y={y(point.currentEpoch)} />
          ))}
        </svg>
      </td>
    </tr>
  );
}

function stepPath(
  steps: readonly { readonly from: number; readonly to: number; readonly epoch: number }[],
  x: (column: number) => number,
  y: (epoch: number) => number,
): string {
  return steps.map(({ from, to, epoch }, i) => `${i === 0 ? 'M' : 'L'}${x(from)} ${y(epoch)}H${x(to)}`).join('');
}

/** The counter of the last zxid at this change: a click leads to it. */
function Point({ point, x, y }: { readonly point: LadderPoint; readonly x: number; readonly y: number }) {
  const words = `${seconds(point.at)}: ${zxidText(point.lastZxid)}`;
  return (
    <g class="ladder-point" onClick={() => goToEvent(point.event)}>
      <title>{words}</title>
      <rect x={x - COLUMN / 2} y={0} width={COLUMN} height={HEIGHT} />
      <circle cx={x} cy={y} r={3} />
      <text x={x} y={HEIGHT - 3}>
        {point.up ? counterOf(point.lastZxid) : '✕'}
      </text>
    </g>
  );
}

function Times({ ladders: { columns } }: { readonly ladders: Ladders }) {
  return (
    <svg width={columns.length * COLUMN} height={18}>
      {columns.map(({ at, event }, column) =>
        column % 4 === 0 ? (
          <text key={event} class="rung-text" x={column * COLUMN + 2} y={12}>
            {seconds(at)}
          </text>
        ) : null,
      )}
    </svg>
  );
}

function Listed({ points }: { readonly points: readonly LadderPoint[] }) {
  return (
    <table class="plain-table">
      <thead>
        <tr>
          <th scope="col">{t('ladder.at')}</th>
          <th scope="col">{t('logs.server')}</th>
          <th scope="col">acceptedEpoch</th>
          <th scope="col">currentEpoch</th>
          <th scope="col">zxid</th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ event, at, server, up, acceptedEpoch, currentEpoch, lastZxid }) => (
          <tr key={event}>
            <td>
              <button type="button" class="list-line" onClick={() => goToEvent(event)}>
                {seconds(at)}
              </button>
            </td>
            <td>{up ? who(server) : `${who(server)} (${t('ladder.down')})`}</td>
            <td>{acceptedEpoch}</td>
            <td>{currentEpoch}</td>
            <td class="mono">{zxidText(lastZxid)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
