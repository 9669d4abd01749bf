/** Choices of the reader that outlive the page: language, light, keys. Where storage is forbidden, they last as long as the page. */

const PREFIX = 'zabsim.';

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Pages opened from disk, or in a private window, may have no storage.
  }
}
