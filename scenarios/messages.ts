import type * as z from 'zod';
import { didYouMean } from './suggest.ts';

/** What a mistake in a value says: one line, the expected before the found. One line for each unknown key. */
export function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `unknown key "${clip(key)}"${didYouMean(key, keysOf(issue.inst))}`).join('\n');
    case 'invalid_type':
      return issue.input === undefined
        ? `missing; expected ${article(issue.expected)}`
        : `expected ${article(issue.expected)}, found ${found(issue.input)}`;
    case 'invalid_value':
      return invalidValue(issue.values.map(String), issue.input);
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      if (issue.origin === 'array') return `needs at least ${issue.minimum} of them`;
      return `must be at least ${issue.minimum}, found ${found(issue.input)}`;
    case 'too_big':
      if (issue.origin === 'string') return `must not be longer than ${issue.maximum} characters`;
      if (issue.origin === 'array') return `takes at most ${issue.maximum} of them`;
      return `must be at most ${issue.maximum}, found ${found(issue.input)}`;
    case 'invalid_key':
      return issue.issues.map((inner) => inner.message).join('; ');
    default:
      return undefined;
  }
}

function invalidValue(values: readonly string[], input: unknown): string {
  if (input === undefined)
    return values.length === 1 ? `missing; expected ${values[0]}` : `missing; expected one of ${values.join(', ')}`;
  const guess = typeof input === 'string' ? didYouMean(input, values) : '';
  if (values.length === 1) return `expected ${values[0]}, found ${found(input)}`;
  const choices = guess === '' || values.length <= 12 ? `; expected one of ${values.join(', ')}` : '';
  return `unknown ${found(input)}${choices}${guess}`;
}

/** A value as the reader wrote it, cut short. */
export function found(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `"${clip(value)}"`;
  return String(value);
}

export function clip(text: string): string {
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 57)}...`;
}

function article(expected: string): string {
  switch (expected) {
    case 'object':
    case 'record':
      return 'a map';
    case 'array':
    case 'tuple':
      return 'a list';
    case 'int':
      return 'a whole number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    default:
      return `a ${expected}`;
  }
}

/** The keys that an object schema knows. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null || !('shape' in schema)) return [];
  const { shape } = schema;
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}
