/** A seed as it was typed, in the one form under which it names its run. */
export type Seed = { readonly seed: string } | { readonly mistake: string };

const LONGEST = 200;

/** Numbers become decimal, so that 42, 042 and 0x2a are one seed; git hashes become lower case; any other word stays
 *  as it is, in Unicode's canonical form. */
export function canonicalSeed(typed: string): Seed {
  const text = typed.trim().normalize('NFC');
  if (text === '') return { mistake: 'a seed is a number, a hexadecimal number, a word or a git hash, and not empty' };
  if (text.length > LONGEST)
    return { mistake: `a seed has at most ${LONGEST} characters, this one has ${text.length}` };
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(text)) return { mistake: 'a seed is one line of printable characters' };
  if (/^\d+$/.test(text) || /^0x[0-9a-f]+$/i.test(text)) return { seed: BigInt(text).toString() };
  if (/^0x/i.test(text)) return { mistake: `"${text}" is not a hexadecimal number` };
  if (/^[-+]/.test(text)) return { mistake: `"${text}": a seed has no sign; whole numbers from 0 on are seeds` };
  if (/^\d+[.,]\d+$/.test(text)) return { mistake: `"${text}" is not a whole number` };
  if (/^[0-9a-f]{7,64}$/i.test(text)) return { seed: text.toLowerCase() };
  return { seed: text };
}
