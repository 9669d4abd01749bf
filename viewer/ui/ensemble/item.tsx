import type { ComponentChildren } from 'preact';
import { openMenu } from '../shell/menu-state.ts';
import type { MenuOf } from '../shell/store.ts';

interface ItemProps {
  readonly class: string;
  readonly of: MenuOf;
  /** What a screen reader says. */
  readonly label: string;
  /** Stable: for the focus, and for tests. */
  readonly name: string;
  /** The shape that is clicked and focused, on top of what is drawn; it holds no text. */
  readonly hit: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A thing of the picture that has a menu. One of them at a time can be reached with Tab, the others with the arrow keys. */
export function Item({ class: className, of, label, name, hit, children }: ItemProps) {
  return (
    <g class={className}>
      <g aria-hidden="true">{children}</g>
      <g
        class="hit"
        role="button"
        aria-haspopup="menu"
        aria-label={label}
        tabindex={-1}
        data-item={name}
        data-kind={of.kind}
        onClick={(event) => {
          event.stopPropagation();
          openMenu(of, event.clientX, event.clientY);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          event.stopPropagation();
          openMenuOf(of, event.currentTarget);
        }}
      >
        {hit}
      </g>
    </g>
  );
}

/** Opens the menu in the middle of the thing itself. */
export function openMenuOf(of: MenuOf, element: Element): void {
  const { left, top, width, height } = element.getBoundingClientRect();
  openMenu(of, left + width / 2, top + height / 2);
}

const KINDS = ['server', 'client', 'flight', 'link'] as const;

/** Arrow keys: left and right among things of a kind, up and down from kind to kind. True if the key was used. */
export function moveFocus(picture: Element, key: string): boolean {
  const focused = document.activeElement;
  const all = [...picture.querySelectorAll<SVGElement>('[data-kind]')];
  const here = all.find((item) => item === focused);
  const kind = here?.dataset['kind'] ?? 'server';
  const mates = all.filter((item) => item.dataset['kind'] === kind);
  const at = here === undefined ? -1 : mates.indexOf(here);
  if (key === 'ArrowRight' || key === 'ArrowLeft') {
    const by = key === 'ArrowRight' ? 1 : -1;
    mates[(at + by + mates.length) % Math.max(1, mates.length)]?.focus();
    return true;
  }
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
  const present = KINDS.filter((each) => all.some((item) => item.dataset['kind'] === each));
  const row = present.findIndex((each) => each === kind);
  const next = present[(row + (key === 'ArrowDown' ? 1 : -1) + present.length) % Math.max(1, present.length)];
  all.find((item) => item.dataset['kind'] === next)?.focus();
  return true;
}
