import { useEffect, useMemo } from 'preact/hooks';
import { goToEvent, selectedEvent } from '../shell/store.ts';
import type { DiagramState } from './diagram-state.ts';
import { GUTTER } from './canvas.ts';

/** Pixels that a press may move and still be a click. */
const STILL = 5;

interface Finger {
  x: number;
  y: number;
}

/** Mouse and touch: drag to pan, two fingers to zoom, click to select, double-click to go there. The wheel pans; with Ctrl,
 *  or as a pinch of a touchpad, it zooms. */
export function usePointer(state: DiagramState, canvas: { readonly current: HTMLCanvasElement | null }) {
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => wheel(event, state);
    // Preact's own listeners are passive for wheels in some browsers: the page would scroll along.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [state]);
  return useMemo(() => handlers(state), [state]);
}

function handlers(state: DiagramState) {
  const fingers = new Map<number, Finger>();
  let moved = 0;
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button !== 0) return;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      moved = 0;
      if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent): void => {
      const finger = fingers.get(event.pointerId);
      if (finger === undefined) {
        const { x, y } = placeOf(event);
        state.hovered.value = state.hit(x, y);
        return;
      }
      moved += Math.abs(event.clientX - finger.x) + Math.abs(event.clientY - finger.y);
      if (moved <= STILL) return;
      drag(state, fingers, event);
    },
    onPointerUp: (event: PointerEvent): void => {
      const pressed = fingers.delete(event.pointerId);
      if (!pressed || moved > STILL) return;
      const { x, y } = placeOf(event);
      selectedEvent.value = state.hit(x, y)?.event ?? null;
    },
    onPointerCancel: (event: PointerEvent): void => void fingers.delete(event.pointerId),
    onPointerLeave: (): void => {
      state.hovered.value = null;
    },
    onDblClick: (event: MouseEvent): void => {
      const { x, y } = placeOf(event);
      const found = state.hit(x, y);
      if (found !== null && state.run.session === 'main') goToEvent(found.event);
    },
  };
}

function placeOf(event: MouseEvent): Finger {
  if (!(event.currentTarget instanceof Element)) return { x: 0, y: 0 };
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left - GUTTER, y: event.clientY - top };
}

function drag(state: DiagramState, fingers: Map<number, Finger>, event: PointerEvent): void {
  const finger = fingers.get(event.pointerId)!;
  const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
  const [other] = others;
  state.follow.value = false;
  state.hovered.value = null;
  if (other === undefined) state.panBy(finger.x - event.clientX);
  else {
    const before = Math.max(20, Math.abs(finger.x - other.x));
    const after = Math.max(20, Math.abs(event.clientX - other.x));
    const { left } = event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : { left: 0 };
    state.zoomBy(after / before, (event.clientX + other.x) / 2 - left - GUTTER);
  }
  finger.x = event.clientX;
  finger.y = event.clientY;
}

function wheel(event: WheelEvent, state: DiagramState): void {
  const pixels = event.deltaMode === 1 ? 24 : event.deltaMode === 2 ? 400 : 1;
  if (event.ctrlKey || event.metaKey || event.altKey) {
    event.preventDefault();
    state.follow.value = false;
    state.zoomBy(Math.exp((-event.deltaY * pixels) / 300), placeOf(event).x);
    return;
  }
  const scroller = event.currentTarget instanceof Element ? event.currentTarget.parentElement : null;
  // More lines than fit: the wheel is for them, and Shift or a sideways wheel for time.
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  const overflows = scroller !== null && scroller.scrollHeight > scroller.clientHeight + 1;
  const by = overflows ? sideways : sideways || event.deltaY;
  if (by === 0) return;
  event.preventDefault();
  state.follow.value = false;
  state.panBy(by * pixels);
}
