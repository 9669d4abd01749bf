// The recipes that put shards on other people's machines are well-formed, and every command in them is one that we accept.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'cli.js');
const RECIPES = ['.github/workflows/fuzz.yml', 'examples/kubernetes/indexed-job.yaml', 'docs/FUZZING.md'];

/** The commands of a text, as a shell would read them once its variables have plain values. */
function commandsIn(text: string): string[][] {
  const found = text.matchAll(/\bzabsim ((?:fuzz|merge|matrix|bugs|show|run|replay)\b[^\n`]*)/g);
  return [...found].map(([, line = '']) =>
    line
      .replaceAll(/ {2,}.*$| \|\|.*$|\)$| :::.*$/g, '')
      .replaceAll(/"?\$\(\(.*?\)\)\/8"?/g, '1/8')
      .replaceAll('{}', '1')
      .replaceAll('"$RUNS"', '10')
      .replaceAll('"$SHARD"', '1/4')
      .replaceAll(/"\$(\w+)"|\$\(.*?\)/g, 'word')
      .replaceAll(/"([^"]*)"/g, '$1')
      .split(' ')
      .filter((word) => word !== ''),
  );
}

test.each(RECIPES.filter((file) => !file.endsWith('.md')))('%s is YAML', (file) => {
  for (const document of parseAllDocuments(readFileSync(join(ROOT, file), 'utf8'))) expect(document.errors).toEqual([]);
});

describe.each(RECIPES)('the commands of %s', (file) => {
  const commands = commandsIn(readFileSync(join(ROOT, file), 'utf8'));

  test('are there', () => {
    expect(commands.length).toBeGreaterThan(1);
  });

  test('have only options that we have', () => {
    const known = new Map<string, string>();
    for (const words of commands) {
      const [command = ''] = words;
      if (!known.has(command))
        known.set(command, spawnSync(process.execPath, [CLI, command, '--help'], { encoding: 'utf8' }).stdout);
      for (const word of words.filter((each) => each.startsWith('-')))
        expect(known.get(command), `${word} of zabsim ${words.join(' ')}`).toMatch(
          new RegExp(`(^|[ ,])${word}\\b`, 'm'),
        );
    }
  });
});
