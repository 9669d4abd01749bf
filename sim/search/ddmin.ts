/** Leaves out any two items that can only go together, where there are few enough: a crash and the start after it, a cut and
 *  its end. What it returns still fails. */
export function withoutPairs<T>(
  items: readonly T[],
  most: number,
  fails: (rest: readonly T[]) => boolean,
): readonly T[] {
  let rest = items;
  for (let first = 0; first < rest.length; first++)
    for (let second = first + 1; second < rest.length && rest.length <= most; second++) {
      const without = rest.filter((_, index) => index !== first && index !== second);
      if (without.length === 0 || !fails(without)) continue;
      rest = without;
      first = -1;
      break;
    }
  return rest;
}

/** The least list that still fails, as far as leaving out one run of neighbours after the other can tell: no single item of
 *  the result can go. `items` itself is known to fail; `fails` may say no to anything (a budget that is used up).
 *  Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input (ddmin), without its tests of subsets,
 *  which hardly ever succeed where most of the input is noise. */
export function ddmin<T>(items: readonly T[], fails: (rest: readonly T[]) => boolean): readonly T[] {
  if (items.length === 0) return items;
  if (fails([])) return [];
  let rest = items;
  let size = Math.ceil(rest.length / 2);
  let from = 0;
  // How many in a row could not go: once all runs of this size are tried, shorter ones are.
  let kept = 0;
  for (;;) {
    if (from >= rest.length) from = 0;
    const without = [...rest.slice(0, from), ...rest.slice(from + size)];
    // The empty list is known to pass.
    if (without.length > 0 && fails(without)) {
      rest = without;
      kept = 0;
      size = Math.min(size, Math.max(1, Math.ceil(rest.length / 2)));
      continue;
    }
    kept += size;
    from += size;
    if (kept < rest.length) continue;
    if (size <= 1) return rest;
    size = Math.ceil(size / 2);
    kept = 0;
    from = 0;
  }
}
