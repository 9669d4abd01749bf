import type { Micros } from '../../sim/time.ts';
import type { LadderPoint } from '../protocol.ts';

/** The ladders of all servers on one axis: every change of any of them is a column, so that a promise and the moment at which
 *  it is made good stand apart, however near in time they are. */
export interface Ladders {
  readonly columns: readonly { readonly event: number; readonly at: Micros }[];
  readonly servers: readonly Ladder[];
  /** The highest epoch. */
  readonly most: number;
}

export interface Ladder {
  readonly server: number;
  readonly points: readonly { readonly column: number; readonly point: LadderPoint }[];
}

/** The last columns only: what came before is told by where they begin. */
const MOST = 400;

/** `points` ascend by event. */
export function laddersOf(points: readonly LadderPoint[], servers: readonly number[]): Ladders {
  const events = [...new Map(points.map(({ event, at }) => [event, { event, at }])).values()];
  const columns = events.slice(-MOST);
  const place = new Map(columns.map(({ event }, column) => [event, column]));
  const most = points.reduce((top, { acceptedEpoch, currentEpoch }) => Math.max(top, acceptedEpoch, currentEpoch), 0);
  return {
    columns,
    most,
    servers: servers.map((server) => {
      const own = points.filter((point) => point.server === server);
      const before = own.findLast((point) => !place.has(point.event));
      return {
        server,
        points: [
          // What it was when the columns begin.
          ...(before === undefined ? [] : [{ column: 0, point: before }]),
          ...own.flatMap((point) => {
            const column = place.get(point.event);
            return column === undefined ? [] : [{ column, point }];
          }),
        ],
      };
    }),
  };
}

/** One of the two epochs as a staircase, from column to column. */
export function epochSteps(
  { points }: Ladder,
  { columns }: Ladders,
  which: 'acceptedEpoch' | 'currentEpoch',
): { readonly from: number; readonly to: number; readonly epoch: number; readonly up: boolean }[] {
  return points.map(({ column, point }, i) => ({
    from: column,
    to: points[i + 1]?.column ?? columns.length,
    epoch: point[which],
    up: point.up,
  }));
}
