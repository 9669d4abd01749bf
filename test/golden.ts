import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';

/** Compares a text with a file under version control. UPDATE=1 rewrites the file instead: read the difference before it
 *  is committed, and say in the commit why it is right. */
export function expectGolden(path: string, text: string): void {
  if (process.env['UPDATE'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path), `${path} must exist; "npm run golden" writes it`).toBe(true);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
