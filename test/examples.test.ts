// The projects under examples/ work as they are, against the package as it is shipped.
import { cpSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { userProject, vitestIn } from './project.ts';

test('a property of somebody else’s is fuzzed with in ten lines of their own test suite', () => {
  const folder = userProject();
  try {
    cpSync('examples/my-property', folder, { recursive: true });
    const { status, output } = vitestIn(folder);
    expect(status, output).toBe(0);
    expect(output).toMatch(/2 passed/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
