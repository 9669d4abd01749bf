import type { Paint } from '../report/paint.ts';
import { wrap } from '../report/text.ts';
import { groupedScenarioNames } from '../scenarios/load.ts';
import { recipeOptions } from '../scenarios/schema-recipes.ts';
import type { Recipe } from '../sim/clients/recipes/all.ts';
import { SCENARIOS } from './paths.ts';

/** `zabsim show lock`: a recipe, what it promises, how it is got wrong, and the commands that show both. */
export function recipePage({ program, promises, judgedBy, mistakes }: Recipe, paint: Paint): string[] {
  const { name, about } = program;
  const scenarios = groupedScenarioNames(SCENARIOS).filter((scenario) => scenario.startsWith('recipes/'));
  const lines = [
    paint.title(`recipe ${name}`),
    ...wrap(about, '  '),
    '',
    ...wrap(promises, '  promises  '),
    ...wrap(judgedBy.join(', '), '  judged by '),
    ...wrap(`zabsim run recipes/${name}`, '  see it    '),
  ];
  for (const mistake of mistakes) {
    lines.push('', paint.title(`  mistake: ${mistake.name}`), ...wrap(`It ${mistake.about}.`, '    '));
    lines.push(...wrap(mistake.breaks, '    breaks  '));
    const shown = scenarios.find((scenario) => scenario === `recipes/${name}-${mistake.name}`);
    if (shown !== undefined) lines.push(...wrap(`zabsim run ${shown}`, '    see it  '));
  }
  lines.push('', `  As data of a client: recipe: {kind: ${name}, ...}, with`);
  for (const [option, what] of recipeOptions(name)) lines.push(...wrap(what, `    ${option.padEnd(11)} `, 16));
  return lines;
}
