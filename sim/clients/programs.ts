import type { Program } from './program.ts';
import { RECIPES } from './recipes/all.ts';
import { WORKLOADS } from './workloads/all.ts';

/** Every program that a scenario can name: workloads, and recipes. */
export const PROGRAMS: readonly Program[] = [...WORKLOADS, ...RECIPES.map(({ program }) => program)];

export function findProgram(name: string): Program | undefined {
  return PROGRAMS.find((program) => program.name === name);
}
