import { menu, type MenuOf } from './store.ts';
import { pause, play, playing } from './time.ts';

/** Time stands still while a menu is open, or what it is about would be gone before it is read. */

let goesOn = false;

export function openMenu(of: MenuOf, x: number, y: number): void {
  if (menu.value === null) goesOn = playing.value;
  if (goesOn) pause();
  menu.value = { of, x, y };
}

/** Also when something was chosen: the run goes on after what was done. */
export function closeMenu(): void {
  if (menu.value === null) return;
  menu.value = null;
  if (goesOn) queueMicrotask(play);
  goesOn = false;
}
