import type { LessonText, LibraryText } from './protocol.ts';

/** What the page needs besides its program: files beside it, or blocks inside it when it is one file. */

export async function libraryTexts(): Promise<readonly LibraryText[]> {
  return (await dataOf('library')) as readonly LibraryText[];
}

export async function lessonTexts(): Promise<readonly LessonText[]> {
  return (await dataOf('lessons')) as readonly LessonText[];
}

/** The trace inside the page, deflated and in base64url; null when it holds none. */
export function traceInside(): string | null {
  return document.getElementById('zabsim-trace')?.textContent?.trim() ?? null;
}

/** True if nothing can be loaded: the page was opened from the disk. */
export function isOneFile(): boolean {
  return document.getElementById('zabsim-library') !== null;
}

async function dataOf(name: 'library' | 'lessons'): Promise<unknown> {
  const inside = document.getElementById(`zabsim-${name}`)?.textContent;
  if (inside !== undefined) return JSON.parse(inside);
  const answer = await fetch(`${name}.json`);
  if (!answer.ok) throw new Error(`${name}.json: ${answer.status}`);
  return await answer.json();
}
