import { eventWords } from '../../../report/words.ts';
import { seconds, who } from '../../../report/text.ts';
import type { TraceEvent } from '../../../sim/trace.ts';
import { isShown } from '../../diagram-model/axis.ts';
import { goToEvent, selectedEvent } from '../shell/store.ts';
import type { DiagramState } from './diagram-state.ts';

/** Keys of the picture, when it has the focus. True if the key was one of them. */
export function keyInDiagram(event: KeyboardEvent, state: DiagramState): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const selected = selectedEvent.peek();
  const { width } = state.size.peek();
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowLeft':
      if (event.shiftKey) pan(state, event.key === 'ArrowRight' ? 80 : -80);
      else
        choose(state, selected === null ? central(state) : along(state, selected, event.key === 'ArrowRight' ? 1 : -1));
      return true;
    case 'ArrowUp':
    case 'ArrowDown':
      choose(state, selected === null ? central(state) : beside(state, selected, event.key === 'ArrowDown' ? 1 : -1));
      return true;
    case 'o':
      if (selected !== null) choose(state, state.index.otherEnd(selected));
      return true;
    case 'Enter':
      if (selected !== null) goToEvent(selected);
      return selected !== null;
    case 'Escape':
      selectedEvent.value = null;
      return selected !== null;
    case '+':
    case '=':
      state.zoomBy(1.4);
      return true;
    case '-':
      state.zoomBy(1 / 1.4);
      return true;
    case '0':
      state.fit();
      return true;
    case 'PageDown':
    case 'PageUp':
      pan(state, event.key === 'PageDown' ? width * 0.8 : -width * 0.8);
      return true;
    case 'Home':
    case 'End':
      pan(state, event.key === 'End' ? 1e12 : -1e12);
      return true;
    default:
      return false;
  }
}

function pan(state: DiagramState, pixels: number): void {
  state.follow.value = false;
  state.panBy(pixels);
}

/** Selects an event and brings it into the picture. */
export function choose(state: DiagramState, event: number): void {
  if (state.index.event(event) === undefined) return;
  selectedEvent.value = event;
  state.follow.value = false;
  state.reveal(event);
}

/** `3.204 s: S3 promises epoch 2 (...)` */
export function sentence(event: TraceEvent): string {
  const subject = subjectOf(event);
  return `${seconds(event.at)}: ${subject === '' ? '' : `${subject} `}${eventWords(event)}`;
}

/** Of whom the words of an event speak without naming it; what a client is told names the client. */
export function subjectOf(event: TraceEvent): string {
  return event.server === 0 || 'client' in event ? '' : who(event.server);
}

/** Something to look at: it has a mark, or a message that is drawn. */
function isSeen(state: DiagramState, event: number): boolean {
  const { index } = state;
  const message = index.message.get(event);
  return message >= 0 ? isShown(index, message, state.shown.peek()) : index.weight.get(event) > 0;
}

/** The next event on the same line. Itself when there is none. */
function along(state: DiagramState, from: number, by: 1 | -1): number {
  const { index } = state;
  const host = index.host.get(from);
  for (let event = from + by; event >= 0 && event < index.length; event += by)
    if (index.host.get(event) === host && isSeen(state, event)) return event;
  return from;
}

/** The event nearest in time on the next line that has any. */
function beside(state: DiagramState, from: number, by: 1 | -1): number {
  const { index, hosts } = state;
  const place = hosts.indexOf(index.host.get(from));
  for (let next = place + by; next >= 0 && next < hosts.length; next += by) {
    const found = nearest(state, from, hosts[next]!);
    if (found !== null) return found;
  }
  return from;
}

function central(state: DiagramState): number {
  const { left, scale } = state.view.peek();
  const middle = Math.min(state.index.length - 1, state.axis.firstAt(left + state.size.peek().width / 2 / scale));
  if (middle < 0) return -1;
  return isSeen(state, middle) ? middle : (nearest(state, middle, null) ?? middle);
}

function nearest(state: DiagramState, from: number, host: number | null): number | null {
  const { index } = state;
  const fits = (event: number): boolean =>
    event >= 0 && event < index.length && (host === null || index.host.get(event) === host) && isSeen(state, event);
  for (let far = 1; far < index.length; far++) {
    if (fits(from - far)) return from - far;
    if (fits(from + far)) return from + far;
  }
  return null;
}
