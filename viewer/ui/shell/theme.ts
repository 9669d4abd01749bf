import { signal } from '@preact/signals';
import { remember, remembered } from './memory.ts';

export type Theme = 'auto' | 'light' | 'dark';

/** `auto` follows the system, also while it changes. */
export const theme = signal<Theme>('auto');
/** What is shown: pictures on a canvas read their colours anew when it changes. */
export const shownTheme = signal<'light' | 'dark'>('light');

export function startTheme(): void {
  const known = (['light', 'dark'] as const).find((each) => each === remembered('theme'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  chooseTheme(known ?? 'auto');
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  remember('theme', chosen);
  show();
}

/** The other of light and dark than what is shown; where that is what the system prefers, the page follows it again. */
export function toggleTheme(): void {
  const wanted = shownTheme.value === 'dark' ? 'light' : 'dark';
  chooseTheme(wanted === systemTheme() ? 'auto' : wanted);
}

function systemTheme(): 'light' | 'dark' {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function show(): void {
  shownTheme.value = theme.value === 'auto' ? systemTheme() : theme.value;
  document.documentElement.dataset['theme'] = shownTheme.value;
}
