import { useLayoutEffect, useRef } from 'preact/hooks';

export interface MenuItem {
  /** Stable, for tests and for the focus. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly run: () => void;
}

interface MenuProps {
  readonly label: string;
  /** Where it opens, in pixels of the window; it stays inside the window. */
  readonly x: number;
  readonly y: number;
  readonly items: readonly (MenuItem | 'line')[];
  readonly close: () => void;
}

/** A menu as the ARIA practices have it: arrows move, letters find, Enter chooses, Escape and Tab leave. */
export function Menu({ label, x, y, items, close }: MenuProps) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = element.current;
    if (menu === null) return;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
  }, [x, y]);
  // At once: a key that follows is meant for the menu.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const here = element.current;
    entries(here)[0]?.focus();
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && here?.contains(event.target) !== true) close();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      // Where the menu came from takes the focus back, unless somebody else has taken it.
      const { activeElement } = document;
      const mine = activeElement === null || activeElement === document.body || here?.contains(activeElement) === true;
      if (mine && (before instanceof HTMLElement || before instanceof SVGElement)) before.focus();
    };
  }, []);
  return (
    <div
      ref={element}
      class="menu"
      role="menu"
      aria-label={label}
      onKeyDown={(event) => {
        if (keyInMenu(event, element.current, close)) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      <div class="menu-title" aria-hidden="true">
        {label}
      </div>
      {items.map((item, index) =>
        item === 'line' ? (
          <div key={index} class="menu-line" role="separator" />
        ) : (
          <button
            key={item.id}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={item.danger === true ? 'menu-item menu-danger' : 'menu-item'}
            data-item={item.id}
            aria-disabled={item.disabled === true}
            onClick={() => {
              if (item.disabled === true) return;
              close();
              item.run();
            }}
          >
            <span>{item.label}</span>
            {item.hint !== undefined && <span class="menu-hint">{item.hint}</span>}
          </button>
        ),
      )}
    </div>
  );
}

function entries(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}

/** True when the key was one of the menu's. */
function keyInMenu(event: KeyboardEvent, menu: HTMLElement | null, close: () => void): boolean {
  const all = entries(menu);
  const at = all.findIndex((entry) => entry === document.activeElement);
  switch (event.key) {
    case 'ArrowDown':
      all[(at + 1) % all.length]?.focus();
      return true;
    case 'ArrowUp':
      all[(at - 1 + all.length) % all.length]?.focus();
      return true;
    case 'Home':
      all[0]?.focus();
      return true;
    case 'End':
      all.at(-1)?.focus();
      return true;
    case 'Escape':
    case 'Tab':
      close();
      return true;
    default: {
      if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return false;
      const letter = event.key.toLowerCase();
      const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      turned.find((entry) => entry.textContent?.toLowerCase().startsWith(letter) === true)?.focus();
      return true;
    }
  }
}
