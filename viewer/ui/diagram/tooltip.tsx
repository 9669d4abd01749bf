import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../shell/i18n.ts';
import { GUTTER } from './canvas.ts';
import type { DiagramState } from './diagram-state.ts';
import { sentence } from './keys.ts';

/** Below the line, or above it where there is no room below. */
const AWAY = 18;

/** What is pointed at, in words. Those who hear the page are told by the selection instead. */
export function Tooltip({ state }: { readonly state: DiagramState }) {
  const box = useRef<HTMLDivElement>(null);
  const hovered = state.hovered.value;
  const found = hovered === null ? undefined : state.index.event(hovered.event);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || hovered === null) return;
    const place = state.placeOf(hovered.event);
    const { width, height } = state.size.peek();
    const y = place.y ?? 30;
    const { offsetWidth, offsetHeight } = element;
    element.style.left = `${Math.max(4, Math.min(GUTTER + width - offsetWidth - 4, GUTTER + place.x - 20))}px`;
    element.style.top = `${y + AWAY + offsetHeight > height ? y - AWAY - offsetHeight : y + AWAY}px`;
  }, [hovered]);
  if (hovered === null || found === undefined) return null;
  return (
    <div class="diagram-tip" ref={box} aria-hidden="true">
      {sentence(found)}
      {hovered.count > 1 && <em> {t('diagram.more', { n: hovered.count - 1 })}</em>}
    </div>
  );
}
