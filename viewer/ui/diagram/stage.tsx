import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { leastHeight } from '../../diagram-model/scene.ts';
import { t } from '../shell/i18n.ts';
import { goToEvent, selectedEvent } from '../shell/store.ts';
import { shownTheme } from '../shell/theme.ts';
import { shownAt } from '../shell/time.ts';
import { GUTTER, penOf } from './canvas.ts';
import { readColours, type Colours } from './colours.ts';
import type { DiagramState } from './diagram-state.ts';
import { keyInDiagram } from './keys.ts';
import { paintOverview, scrollOverview } from './overview.ts';
import { paintNames, paintOver } from './paint-over.ts';
import { paint } from './paint.ts';
import { usePointer } from './pointer.ts';
import { Tiles } from './tiles.ts';
import { Tooltip } from './tooltip.tsx';

/** The picture itself: a canvas that draws when something has changed, and no more often than the screen. */
export function Stage({ state }: { readonly state: DiagramState }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const overview = useRef<HTMLCanvasElement>(null);
  useDrawing(state, box, canvas, overview);
  const pointer = usePointer(state, canvas);
  return (
    <div class="diagram-stage">
      <div
        class="diagram-scroll"
        ref={box}
        role="application"
        aria-roledescription={t('diagram.picture')}
        aria-label={t('diagram.pictureLabel')}
        aria-describedby="diagram-keys"
        tabIndex={0}
        data-test={`diagram-${state.run.session}`}
        onKeyDown={(event) => {
          if (!keyInDiagram(event, state)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <canvas ref={canvas} class="diagram-canvas" {...pointer} />
        <Tooltip state={state} />
      </div>
      <canvas
        ref={overview}
        class="diagram-overview"
        aria-hidden="true"
        onPointerDown={(event) => scrollOverview(event, state)}
        onPointerMove={(event) => event.buttons === 1 && scrollOverview(event, state)}
        onDblClick={() => selectedEvent.value !== null && goToEvent(selectedEvent.value)}
      />
    </div>
  );
}

type Box<T> = { readonly current: T | null };

/** Draws whenever anything that is drawn has changed. */
function useDrawing(
  state: DiagramState,
  box: Box<HTMLDivElement>,
  canvas: Box<HTMLCanvasElement>,
  overview: Box<HTMLCanvasElement>,
): void {
  useEffect(() => {
    const [room, main, strip] = [box.current, canvas.current, overview.current];
    if (room === null || main === null || strip === null) return;
    let colours: Colours = readColours(room);
    let waiting = 0;
    const tiles = new Tiles();
    const draw = (): void => {
      waiting = 0;
      // Here and not where it is noticed that time went on: that would be a circle.
      if (state.follow.peek() && state.run.session === 'main' && state.size.peek().width > 0)
        state.followTo(shownAt.peek());
      drawMain(state, main, colours, tiles);
      paintOverview(state, strip, colours);
    };
    const soon = (): void => {
      if (waiting === 0) waiting = requestAnimationFrame(draw);
    };
    const watcher = new ResizeObserver(() => {
      measure(state, room);
      soon();
    });
    watcher.observe(room);
    const stops = [
      effect(() => {
        void shownTheme.value;
        // The style sheet follows the attribute that the theme sets a moment later.
        queueMicrotask(() => {
          colours = readColours(room);
          soon();
        });
      }),
      effect(() => {
        void [state.run.trace.version.value, state.run.frame.value, state.run.about.value];
        void [state.view.value, state.shown.value, state.kind.value, state.size.value, state.hovered.value];
        void [selectedEvent.value, state.marked.value];
        void [shownAt.value, state.follow.value];
        soon();
      }),
      effect(() => {
        void [state.run.about.value, state.shown.value];
        measure(state, room);
      }),
    ];
    return () => {
      cancelAnimationFrame(waiting);
      watcher.disconnect();
      for (const stop of stops) stop();
    };
  }, [state]);
}

/** As high as the pane, or as the lines need. */
function measure(state: DiagramState, room: HTMLElement): void {
  const { clientWidth, clientHeight } = room;
  const width = Math.max(0, clientWidth - GUTTER);
  const height = Math.max(clientHeight, leastHeight(state.hosts.length));
  const known = state.size.peek();
  if (known.width !== width || known.height !== height) state.size.value = { width, height };
}

/** Below so many pixels a step the picture is made of tiles. */
const TILED_BELOW = { order: 2.5, time: 0.004 } as const;

function drawMain(state: DiagramState, canvas: HTMLCanvasElement, colours: Colours, tiles: Tiles): void {
  const { width, height } = state.size.peek();
  if (width === 0) return;
  const pen = penOf(canvas, GUTTER + width, height);
  if (pen === null) return;
  const front = state.run.session === 'main';
  const selected = front ? selectedEvent.peek() : null;
  const at = front ? shownAt.peek() : (state.run.frame.peek()?.position.at ?? 0);
  const look = { colours, coned: state.cone(selected) !== null };
  pen.translate(GUTTER, 0);
  const { scale } = state.view.peek();
  if (scale < TILED_BELOW[state.axis.kind]) tiles.paint(pen, state, look, selected);
  else paint(pen, state.layOut(state.offset, width, selected), look);
  const words = { past: t('diagram.past'), future: t('diagram.future') };
  paintOver(pen, state, colours, { at, selected, words });
  pen.translate(-GUTTER, 0);
  paintNames(pen, state, colours);
  // For tests and measurements: how much of the trace there is, and which part of it the picture shows.
  const { left } = state.view.peek();
  Object.assign(canvas.dataset, { events: state.index.length, left: left.toFixed(2), scale: scale.toPrecision(5) });
}
