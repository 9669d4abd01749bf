/** A link to a run: what stands behind the `#`. It holds the scenario by name, or the whole plan with what was done by hand;
 *  the seed; the position, and the hash of the trace up to there, so that both ends can see that it is the same run. */
export interface Link {
  readonly source:
    | { readonly kind: 'scenario'; readonly name: string; readonly release: string | null }
    /** `hands`: so many of the last steps of the timeline were done by hand. */
    | { readonly kind: 'plan'; readonly name: string; readonly yaml: string; readonly hands: number };
  readonly seed: string;
  readonly position: { readonly events: number; readonly at: number } | 'violation' | null;
  /** Of the trace up to the position. */
  readonly promised: { readonly traced: number; readonly hash: string } | null;
}

export type Decoded = { readonly link: Link } | { readonly mistakes: readonly string[] };

const VERSION = '1';
/** Longer than any link that a program makes of a plan of a few hundred steps. */
export const LONGEST_LINK = 64 * 1024;
/** The parser of scenarios accepts no more. */
const LONGEST_PLAN = 1024 * 1024;
const LONGEST_WORD = 200;

export async function encodeLink(link: Link): Promise<string> {
  const { source, seed, position, promised } = link;
  const fields: [string, string][] = [['v', VERSION]];
  if (source.kind === 'scenario') {
    fields.push(['scenario', source.name]);
    if (source.release !== null) fields.push(['release', source.release]);
  } else {
    fields.push(['name', source.name], ['plan', await deflated(source.yaml)]);
    if (source.hands > 0) fields.push(['hands', String(source.hands)]);
  }
  fields.push(['seed', seed]);
  if (position === 'violation') fields.push(['at', position]);
  else if (position !== null) fields.push(['at', String(position.at)], ['events', String(position.events)]);
  if (promised !== null) fields.push(['traced', String(promised.traced)], ['hash', promised.hash]);
  return new URLSearchParams(fields).toString();
}

/** Reads what may come from anybody. Keys that it does not know are left to others. */
export async function decodeLink(text: string): Promise<Decoded> {
  if (text.length > LONGEST_LINK)
    return { mistakes: [`a link has at most ${LONGEST_LINK} characters, this one has ${text.length}`] };
  const fields = new URLSearchParams(text.replace(/^#/, ''));
  const mistakes: string[] = [];
  const version = fields.get('v');
  if (version !== null && version !== VERSION)
    return { mistakes: [`a link of version ${shown(version)}; this page reads version ${VERSION}`] };
  const word = (key: string): string | null => {
    const value = fields.get(key);
    if (value !== null && value.length > LONGEST_WORD) mistakes.push(`${key}: too long`);
    return value === null || value.length > LONGEST_WORD ? null : value;
  };
  const whole = (key: string): number | null => {
    const value = fields.get(key);
    if (value === null) return null;
    if (/^\d{1,12}$/.test(value)) return Number(value);
    mistakes.push(`${key}: ${shown(value)} is not a whole number`);
    return null;
  };
  const seed = word('seed') ?? '1';
  const source = await sourceOf(fields, word, whole, mistakes);
  const position = positionOf(fields, whole);
  const hash = fields.get('hash');
  const traced = whole('traced');
  if (hash !== null && !/^[0-9a-f]{16}$/.test(hash)) mistakes.push(`hash: ${shown(hash)} is no trace hash`);
  if (mistakes.length > 0 || source === null) return { mistakes };
  return { link: { source, seed, position, promised: hash === null || traced === null ? null : { traced, hash } } };
}

type Read<T> = (key: string) => T | null;

function positionOf(fields: URLSearchParams, whole: Read<number>): Link['position'] {
  if (fields.get('at') === 'violation') return 'violation';
  const at = whole('at');
  const events = whole('events');
  return at === null ? null : { at, events: events ?? -1 };
}

async function sourceOf(
  fields: URLSearchParams,
  word: Read<string>,
  whole: Read<number>,
  mistakes: string[],
): Promise<Link['source'] | null> {
  const plan = fields.get('plan');
  const scenario = word('scenario');
  if (plan === null && scenario !== null) return { kind: 'scenario', name: scenario, release: word('release') };
  if (plan === null) {
    mistakes.push('the link names no scenario and holds no plan');
    return null;
  }
  const yaml = await inflated(plan);
  if (typeof yaml !== 'string') {
    mistakes.push(yaml.mistake);
    return null;
  }
  return { kind: 'plan', name: word('name') ?? 'plan', yaml, hands: whole('hands') ?? 0 };
}

function shown(text: string): string {
  return JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 37)}...`);
}

// ── deflate, and text out of bytes

async function deflated(text: string): Promise<string> {
  const bytes = await collect(new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw')), Infinity);
  return toBase64(bytes ?? new Uint8Array());
}

async function inflated(text: string): Promise<string | { readonly mistake: string }> {
  const bytes = fromBase64(text);
  if (bytes === null) return { mistake: 'the plan in the link is damaged: not base64url' };
  const inflatedBytes = await inflateBytes(bytes, LONGEST_PLAN);
  if (typeof inflatedBytes === 'string') return { mistake: `the plan in the link ${inflatedBytes}` };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(inflatedBytes);
  } catch {
    return { mistake: 'the plan in the link is not UTF-8' };
  }
}

/** Inflates at most so many bytes, whatever the input claims; what goes wrong is a clause. */
export async function inflateBytes(
  bytes: Uint8Array<ArrayBuffer>,
  most: number,
  format: 'deflate-raw' | 'gzip' = 'deflate-raw',
): Promise<Uint8Array | string> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
    return (await collect(stream, most)) ?? `is longer than ${most} bytes`;
  } catch {
    return 'is damaged: it cannot be inflated';
  }
}

/** null: there is more than `most`. */
async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array | null> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > most) {
      await reader.cancel();
      return null;
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Base64 in the alphabet of URLs, without padding. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let from = 0; from < bytes.length; from += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
