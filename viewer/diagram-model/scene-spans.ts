import { BAND_HEIGHT, type Label, type Layout, type SceneBand, type SceneSpan } from './scene.ts';
import type { Intervals } from './intervals.ts';

/** What the servers are. Of bands that are narrower than half a pixel, one in each is drawn. */
export function sceneBands(layout: Layout): SceneBand[] {
  const bands: SceneBand[] = [];
  for (const [host, y] of layout.yOf) {
    const server = layout.index.servers.get(host);
    if (server === undefined) continue;
    visit(layout, server.spans, (id, x0, x1) => bands.push({ ...server.band(id), x0, x1, y }));
  }
  return bands;
}

/** Pauses of servers, and calls of clients. */
export function sceneSpans(layout: Layout): SceneSpan[] {
  const spans: SceneSpan[] = [];
  for (const [host, y] of layout.yOf) {
    const server = layout.index.servers.get(host);
    const client = layout.index.clients.get(host);
    if (server !== undefined) visit(layout, server.pauses, (_, x0, x1) => spans.push({ kind: 'pause', x0, x1, y }));
    if (client !== undefined)
      visit(layout, client.spans, (id, x0, x1) => spans.push({ kind: client.outcome(id), x0, x1, y }));
  }
  return spans;
}

function visit(layout: Layout, spans: Intervals, each: (id: number, x0: number, x1: number) => void): void {
  let drawn = -Infinity;
  spans.meeting(layout.first, layout.end, (id) => {
    const [x0, x1] = [layout.edge(spans.from(id)), layout.edge(spans.to(id))];
    if (x1 - x0 < 0.5 && x1 < drawn + 0.5) return;
    drawn = x1;
    each(id, x0, x1);
  });
}

/** What a band says above itself, where there is room. */
export function bandLabels(bands: readonly SceneBand[], width: number): Label[] {
  const labels: Label[] = [];
  for (const { x0, x1, y, state, phase, epoch } of bands) {
    if (state === 'DOWN') continue;
    const from = Math.max(2, x0 + 2);
    const room = Math.min(width, x1) - from;
    const texts = [
      state === 'LOOKING' ? state : phase === 'BROADCAST' ? `${state}, epoch ${epoch}` : `${state}: ${phase ?? ''}`,
      state === 'LOOKING' ? '?' : phase === 'BROADCAST' ? `epoch ${epoch}` : (phase ?? state).slice(0, 4),
    ];
    const text = texts.find((each) => textWidth(each) <= room);
    if (text !== undefined) labels.push({ x: from, y: y - BAND_HEIGHT / 2 - 3, text, event: -1 });
  }
  return labels;
}

/** Of small letters, roughly: room is given generously. */
export function textWidth(text: string): number {
  return text.length * 6;
}
