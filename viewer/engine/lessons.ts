import type { Lesson } from '../../course/lesson.ts';
import { readLesson } from '../../course/read.ts';
import { formatMistake } from '../../scenarios/parse.ts';
import type { Answer, LessonText } from '../protocol.ts';

/** The lessons of these texts, in the order of their names. A lesson with mistakes does not hide the others. */
export function lessonsIn(texts: readonly LessonText[]): Answer {
  const lessons: Lesson[] = [];
  const mistakes: string[] = [];
  for (const { name, files } of texts) {
    const read = readLesson(new Map(Object.entries(files)), name);
    if ('lesson' in read) lessons.push(read.lesson);
    else mistakes.push(...read.mistakes.map(formatMistake));
  }
  return { kind: 'lessons', lessons: lessons.sort((a, b) => a.number - b.number), mistakes };
}
