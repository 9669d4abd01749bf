import type { Violation } from '../property.ts';

/** Names what went wrong and not where: the property and its words, with every number, server and zxid taken out. */
export function fingerprintOf(violation: Violation): string {
  const clause = violation.why
    .replaceAll(/0x[0-9a-f]+/g, '#')
    .replaceAll(/\d+/g, '#')
    .replaceAll(/#(, S?#)+/g, '#')
    .replaceAll(/\s+/g, ' ');
  return `${violation.property}: ${clause}`;
}
