import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Mistake } from '../scenarios/parse.ts';
import type { Lesson } from './lesson.ts';
import { type LessonFiles, readLesson } from './read.ts';

/** A folder of lessons on disk: one subfolder each, called `07-some-title`. */

const FILES =
  /^(lesson\.yaml|scenario\.yaml|exercise\.yaml|solution\.yaml|text(\.[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?\.md)$/;
const MAX_BYTES = 1024 * 1024;

/** The names of the lessons in a folder, in their order. Throws what the file system throws. */
export function lessonNames(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'lesson.yaml')))
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1));
}

/** The files of one lesson, as text. Throws what the file system throws. */
export function lessonFiles(folder: string, name: string): LessonFiles {
  const files = new Map<string, string>();
  for (const file of readdirSync(join(folder, name)).filter((each) => FILES.test(each))) {
    const path = join(folder, name, file);
    const { size } = statSync(path);
    files.set(file, size > MAX_BYTES ? 'x'.repeat(MAX_BYTES + 1) : readFileSync(path, 'utf8'));
  }
  return files;
}

export function loadLesson(
  folder: string,
  name: string,
): { readonly lesson: Lesson } | { readonly mistakes: readonly Mistake[] } {
  return readLesson(lessonFiles(folder, name), join(folder, name));
}
