import { PERMS } from './codes.ts';
import { digestId } from './sha1.ts';

/** Access control lists: one a node, not inherited. */

/** One entry. `perms` is a sum of PERMS. */
export interface Acl {
  readonly perms: number;
  readonly scheme: string;
  readonly id: string;
}

/** Who a connection says it is. The same shape travels to the leader with every write. */
export interface AuthId {
  readonly scheme: string;
  readonly id: string;
}

export const OPEN_ACL_UNSAFE: readonly Acl[] = [{ perms: PERMS.ALL, scheme: 'world', id: 'anyone' }];
export const READ_ACL_UNSAFE: readonly Acl[] = [{ perms: PERMS.READ, scheme: 'world', id: 'anyone' }];

/** True if one of `perms` is granted: any overlap is enough. Source: ZooKeeperServer.java#checkACL. */
export function isAllowed(acl: readonly Acl[], perms: number, ids: readonly AuthId[]): boolean {
  if (acl.length === 0) return true;
  if (ids.some((id) => id.scheme === 'super')) return true;
  for (const entry of acl) {
    if ((entry.perms & perms) === 0) continue;
    if (entry.scheme === 'world' && entry.id === 'anyone') return true;
    for (const id of ids) if (id.scheme === entry.scheme && matches(entry, id)) return true;
  }
  return false;
}

function matches(entry: Acl, id: AuthId): boolean {
  return entry.scheme === 'ip' ? ipMatches(entry.id, id.id) : entry.id === id.id;
}

/** The list as it is stored: without duplicates, `auth` replaced by who asks. null: INVALIDACL.
 *  Source: PrepRequestProcessor.java#fixupACL, #removeDuplicates. */
export function fixupAcl(acl: readonly Acl[] | null, ids: readonly AuthId[]): readonly Acl[] | null {
  if (acl === null || acl.length === 0) return null;
  const fixed: Acl[] = [];
  for (const entry of acl) {
    if (fixed.some((other) => isSame(other, entry)) && entry.scheme !== 'auth') continue;
    if (entry.scheme === 'world' && entry.id === 'anyone') fixed.push(entry);
    else if (entry.scheme === 'auth') {
      // An address alone authenticates nobody.
      const authenticated = ids.filter((id) => id.scheme === 'digest' || id.scheme === 'super');
      if (authenticated.length === 0) return null;
      for (const { scheme, id } of authenticated) fixed.push({ perms: entry.perms, scheme, id });
    } else if (isValidId(entry.scheme, entry.id)) fixed.push(entry);
    else return null;
  }
  return fixed.length === 0 ? null : fixed;
}

function isSame(a: Acl, b: Acl): boolean {
  return a.perms === b.perms && a.scheme === b.scheme && a.id === b.id;
}

/** Source: auth/DigestAuthenticationProvider.java#isValid, auth/IPAuthenticationProvider.java#isValid. */
function isValidId(scheme: string, id: string): boolean {
  if (scheme === 'digest') return id.split(':').length === 2;
  if (scheme !== 'ip') return false;
  const [address = '', bits, ...rest] = id.split('/');
  const bytes = addressBytes(address);
  if (bytes === null || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d+$/.test(bits) && Number(bits) <= bytes.length * 8;
}

/** What an auth packet attaches to its connection, or null when it is refused. Any password will do: the id is made of it.
 *  `superDigest`: zookeeper.DigestAuthenticationProvider.superDigest, or null.
 *  Source: ZooKeeperServer.java#processPacket, auth/DigestAuthenticationProvider.java#handleAuthentication. */
export function authenticate(scheme: string, auth: string, superDigest: string | null): readonly AuthId[] | null {
  if (scheme === 'ip') return [];
  if (scheme !== 'digest') return null;
  const id = digestId(auth);
  const digest: AuthId = { scheme: 'digest', id };
  return id === superDigest ? [{ scheme: 'super', id: '' }, digest] : [digest];
}

/** What whoAmI and masked lists show of an id. Source: auth/DigestAuthenticationProvider.java#getUserName. */
export function userOf(id: AuthId): string {
  return id.scheme === 'digest' ? (id.id.split(':')[0] ?? '') : id.id;
}

/** Whoever may not administer a node sees no password hashes of its list. Source: FinalRequestProcessor.java#handleGetACL. */
export function masked(acl: readonly Acl[]): readonly Acl[] {
  return acl.map((entry) => (entry.scheme === 'digest' ? { ...entry, id: `${userOf(entry)}:x` } : entry));
}

export function permsOf(letters: string): number {
  let perms = 0;
  for (const letter of letters) perms |= LETTERS.get(letter) ?? 0;
  return perms;
}

/** In the order r, w, c, d, a. */
export function formatPerms(perms: number): string {
  let out = '';
  for (const [letter, perm] of LETTERS) if ((perms & perm) !== 0) out += letter;
  return out;
}

const LETTERS: ReadonlyMap<string, number> = new Map([
  ['r', PERMS.READ],
  ['w', PERMS.WRITE],
  ['c', PERMS.CREATE],
  ['d', PERMS.DELETE],
  ['a', PERMS.ADMIN],
]);

// ── addresses

/** Source: auth/IPAuthenticationProvider.java#matches: the leading bits, of addresses of one family. */
function ipMatches(pattern: string, address: string): boolean {
  const [base = '', bits] = pattern.split('/');
  const [wanted, given] = [addressBytes(base), addressBytes(address)];
  if (wanted === null || given === null || wanted.length !== given.length) return false;
  let left = bits === undefined ? wanted.length * 8 : Number(bits);
  for (let i = 0; i < wanted.length && left > 0; i++, left -= 8) {
    const mask = left >= 8 ? 255 : (255 << (8 - left)) & 255;
    if ((wanted[i]! & mask) !== (given[i]! & mask)) return false;
  }
  return true;
}

function addressBytes(text: string): readonly number[] | null {
  return text.includes(':') ? v6Bytes(text) : v4Bytes(text);
}

function v4Bytes(text: string): readonly number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return null;
  return parts.map(Number);
}

function v6Bytes(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = head ?? [];
  const gap = 8 - groups.length - (tail?.length ?? 0);
  if (tail === undefined ? gap !== 0 : gap < 1) return null;
  const all = tail === undefined ? groups : [...groups, ...Array.from({ length: gap }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
}
