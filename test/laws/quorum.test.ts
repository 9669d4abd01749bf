// Sets of servers are sets, and a quorum is what QuorumMaj.java and QuorumHierarchical.java say: two always meet.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsQuorum, type QuorumVerifier, weightOf } from '../../sim/zab/quorum.ts';
import { add, formatSet, has, MAX_SERVER_ID, members, NOBODY, setOf, sizeOf, without } from '../../sim/zab/sets.ts';

const id = fc.integer({ min: 1, max: MAX_SERVER_ID });
const ids = fc.array(id, { maxLength: 40 });

describe('sets', () => {
  test('they agree with Set', () => {
    fc.assert(
      fc.property(ids, ids, id, (first, second, one) => {
        const reference = new Set(first);
        const set = setOf(first);
        const sorted = [...reference].sort((a, b) => a - b);
        expect(members(set)).toEqual(sorted);
        expect(sizeOf(set)).toBe(reference.size);
        expect(formatSet(set)).toBe(`{${sorted.join(', ')}}`);
        expect(has(set, one)).toBe(reference.has(one));
        expect(members(add(set, one))).toEqual([...new Set([...first, one])].sort((a, b) => a - b));
        expect(members(without(set, one))).toEqual(sorted.filter((each) => each !== one));
        expect(members(set & setOf(second))).toEqual(sorted.filter((each) => second.includes(each)));
        expect(set === setOf(second)).toBe(sorted.join() === [...new Set(second)].sort((a, b) => a - b).join());
      }),
    );
  });

  test('ids outside 1 to 30 are refused', () => {
    for (const wrong of [0, -1, 31, 32]) expect(() => add(NOBODY, wrong)).toThrow('1..30');
  });
});

/** A configuration as zoo.cfg writes it: groups of members with weights. */
interface Groups {
  readonly groups: readonly (readonly (readonly [id: number, weight: number])[])[];
}

const configuration: fc.Arbitrary<Groups> = fc
  .uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 })
  .chain((voters) =>
    fc.record({
      voters: fc.constant(voters),
      group: fc.array(fc.nat(2), { minLength: 9, maxLength: 9 }),
      weight: fc.array(fc.nat(3), { minLength: 9, maxLength: 9 }),
    }),
  )
  .map(({ voters, group, weight }) => ({
    groups: [0, 1, 2]
      .map((number) => voters.flatMap((voter, i) => (group[i] === number ? [[voter, weight[i] ?? 0] as const] : [])))
      .filter((each) => each.length > 0),
  }));

function verifierOf({ groups }: Groups): QuorumVerifier {
  return {
    kind: 'hierarchical',
    voters: setOf(groups.flat().map(([voter]) => voter)),
    groups: groups.map((weights) => ({ members: setOf(weights.map(([voter]) => voter)), weights })),
  };
}

/** The dumb second implementation, with lists and fractions. */
function isQuorum({ groups }: Groups, acks: readonly number[]): boolean {
  const weigh = (group: readonly (readonly [number, number])[]): number =>
    group.reduce((sum, [, weight]) => sum + weight, 0);
  const counted = groups.filter((group) => weigh(group) > 0);
  const won = counted.filter((group) => weigh(group.filter(([voter]) => acks.includes(voter))) > weigh(group) / 2);
  return won.length > counted.length / 2;
}

describe('quorums', () => {
  test('a majority is more than half of the voters; others do not count', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1 }), ids, (voters, acks) => {
        const counted = new Set(acks.filter((each) => voters.includes(each)));
        expect(containsQuorum({ kind: 'majority', voters: setOf(voters) }, setOf(acks))).toBe(
          counted.size > voters.length / 2,
        );
      }),
    );
  });

  test('with groups: more than half of the weight in more than half of the groups that have any', () => {
    fc.assert(
      fc.property(configuration, ids, (config, acks) => {
        expect(containsQuorum(verifierOf(config), setOf(acks))).toBe(isQuorum(config, acks));
      }),
      { numRuns: 1000 },
    );
  });

  test('one group of equal weights is a majority', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 1 }), ids, (voters, acks) => {
        const one = verifierOf({ groups: [voters.map((voter) => [voter, 1] as const)] });
        expect(containsQuorum(one, setOf(acks))).toBe(
          containsQuorum({ kind: 'majority', voters: setOf(voters) }, setOf(acks)),
        );
      }),
    );
  });

  test('two quorums have a member in common; more acknowledgements never lose a quorum; nobody is none', () => {
    fc.assert(
      fc.property(configuration, ids, ids, (config, first, second) => {
        const verifier = verifierOf(config);
        const [a, b] = [setOf(first), setOf(second)];
        if (containsQuorum(verifier, a) && containsQuorum(verifier, b))
          expect(a & b & verifier.voters).not.toBe(NOBODY);
        if (containsQuorum(verifier, a)) expect(containsQuorum(verifier, a | b)).toBe(true);
        expect(containsQuorum(verifier, NOBODY)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('weights are those of the configuration; a voter in no group weighs nothing, and 1 under a majority', () => {
    fc.assert(
      fc.property(configuration, id, (config, one) => {
        const weight = config.groups.flat().find(([voter]) => voter === one)?.[1] ?? 0;
        expect(weightOf(verifierOf(config), one)).toBe(weight);
        expect(weightOf({ kind: 'majority', voters: setOf([1, 2, 3]) }, one)).toBe(1);
      }),
    );
  });
});
