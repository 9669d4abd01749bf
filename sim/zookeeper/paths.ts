/** Znode paths. */

/** Why a path is refused, or null. Scanned as UTF-16, so that nothing outside the basic plane can be in a path.
 *  Source: common/PathUtils.java#validatePath. */
export function pathMistake(path: string | null): string | null {
  if (path === null) return 'the path is null';
  if (path.length === 0) return 'the path is empty';
  if (path[0] !== '/') return 'the path does not begin with /';
  if (path === '/') return null;
  if (path.endsWith('/')) return 'the path ends with /';
  for (let i = 1, start = 1; i <= path.length; i++) {
    const code = i === path.length ? SLASH : path.charCodeAt(i);
    if (code === 0) return 'the path has a null character';
    if (isForbidden(code)) return `the path has the character U+${code.toString(16).padStart(4, '0')}`;
    if (code !== SLASH) continue;
    const length = i - start;
    if (length === 0) return 'the path has an empty name';
    if (length <= 2 && path.charCodeAt(start) === DOT && path.charCodeAt(i - 1) === DOT)
      return 'relative names are not allowed';
    start = i + 1;
  }
  return null;
}

const SLASH = 0x2f;
const DOT = 0x2e;

function isForbidden(code: number): boolean {
  return (
    (code >= 0x01 && code <= 0x1f) ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    (code >= 0xfff0 && code <= 0xffff)
  );
}

/** As `pathMistake`, for the path of a create: what a sequential one ends with comes later.
 *  Source: common/PathUtils.java#validatePath(String, boolean), which the client calls. */
export function createPathMistake(path: string | null, sequential: boolean): string | null {
  return pathMistake(sequential && path !== null ? `${path}1` : path);
}

/** The part before the last slash, which is empty for children of the root: an alias of it. null when there is none, or a
 *  null character. Source: PrepRequestProcessor.java#validatePathForCreate, #getParentPathAndValidate. */
export function parentForLookup(path: string): string | null {
  const slash = path.lastIndexOf('/');
  return slash === -1 || path.includes('\0') ? null : path.slice(0, slash);
}

/** The parent of a path that is known to be good. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function childOf(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

/** They cannot be deleted. Source: DataTree.java#isSpecialPath. */
export function isSpecial(path: string): boolean {
  return path === '/' || path === '/zookeeper' || path === '/zookeeper/quota' || path === '/zookeeper/config';
}

/** What a sequential node's name ends with: ten digits of the counter, or its sign and digits once it has overflown. */
export function sequenceSuffix(counter: number): string {
  return counter < 0 ? `-${String(-counter).padStart(9, '0')}` : String(counter).padStart(10, '0');
}

/** Bytes of a text in UTF-8, as Java's modified form counts surrogates one by one. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x800) bytes += 2;
    else if (code >= 0x80) bytes++;
  }
  return bytes;
}
