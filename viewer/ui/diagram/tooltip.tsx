import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../shell/i18n.ts';
import type { DiagramState } from './diagram-state.ts';
import { sentence } from './keys.ts';
import { GUTTER } from './canvas.ts';

/** What is pointed at, in words. Those who hear the page are told by the selection instead. */
export function Tooltip({ state }: { readonly state: DiagramState }) {
  const box = useRef<HTMLDivElement>(null);
  const event = state.hovered.value;
  const found = event === null ? undefined : state.index.event(event);
  const mark = state.scene?.marks.find((each) => each.event === event);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || event === null) return;
    const { left, scale } = state.view.peek();
    const { width, height } = state.size.peek();
    const x = GUTTER + (state.axis.of(event) - left) * scale;
    const host = state.scene?.lanes.find((lane) => lane.host === state.index.host.get(event));
    const y = host?.y ?? 30;
    element.style.left = `${Math.max(4, Math.min(GUTTER + width - element.offsetWidth - 4, x - 20))}px`;
    // Below the line, or above it where there is no room below.
    element.style.top = `${y + 18 + element.offsetHeight > height ? y - 18 - element.offsetHeight : y + 18}px`;
  }, [event]);
  if (found === undefined) return null;
  return (
    <div class="diagram-tip" ref={box} aria-hidden="true">
      {sentence(found)}
      {mark !== undefined && mark.count > 1 && <em> {t('diagram.more', { n: mark.count - 1 })}</em>}
    </div>
  );
}
