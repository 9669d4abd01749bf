import { has, sizeOf, type ServerId, type ServerSet } from './sets.ts';

/** Who votes and what a quorum is. Plain data, shared and never changed.
 *  Source: server/quorum/flexible/QuorumMaj.java and QuorumHierarchical.java. */
export type QuorumVerifier =
  | { readonly kind: 'majority'; readonly voters: ServerSet }
  /** A textbook mistake: of an even number, half. No scenario asks for it. */
  | { readonly kind: 'half'; readonly voters: ServerSet }
  | {
      readonly kind: 'hierarchical';
      readonly voters: ServerSet;
      /** One entry a group, with its members' weights; a voter named in no group has weight 0. */
      readonly groups: readonly {
        readonly members: ServerSet;
        readonly weights: readonly (readonly [ServerId, number])[];
      }[];
    };

/** A zero-weight server may vote, but it is never elected. Source: QuorumVerifier#getWeight. */
export function weightOf(verifier: QuorumVerifier, id: ServerId): number {
  if (verifier.kind !== 'hierarchical') return 1;
  for (const group of verifier.groups) for (const [member, weight] of group.weights) if (member === id) return weight;
  return 0;
}

/** True if the acknowledgements form a quorum: more than half of the voters; or, with groups, more than half of the
 *  weight in more than half of the groups that have any. Ids outside the voters are ignored.
 *  Source: QuorumMaj#containsQuorum, QuorumHierarchical#containsQuorum. */
export function containsQuorum(verifier: QuorumVerifier, acks: ServerSet): boolean {
  if (verifier.kind === 'majority') return sizeOf(acks & verifier.voters) > Math.floor(sizeOf(verifier.voters) / 2);
  if (verifier.kind === 'half') return 2 * sizeOf(acks & verifier.voters) >= sizeOf(verifier.voters);
  let groups = 0;
  let won = 0;
  for (const group of verifier.groups) {
    let total = 0;
    let acked = 0;
    for (const [id, weight] of group.weights) {
      total += weight;
      if (has(acks & verifier.voters, id)) acked += weight;
    }
    if (total === 0) continue;
    groups++;
    if (acked > Math.floor(total / 2)) won++;
  }
  return groups > 0 && won > Math.floor(groups / 2);
}
