import type { QuorumVerifier } from '../zab/quorum.ts';
import { has, type ServerId, type ServerSet } from '../zab/sets.ts';

/** What /zookeeper/config says: the members, as zoo.cfg lists them, and the version of the configuration. Hosts and ports
 *  are those of servers side by side on one machine. Source: QuorumMaj.java#toString, QuorumHierarchical.java#toString. */
export function configText(of: {
  readonly servers: readonly ServerId[];
  readonly observers: ServerSet;
  readonly verifier: QuorumVerifier;
}): string {
  const { servers, observers, verifier } = of;
  const lines = servers.map((id) => {
    const port = String(id).padStart(2, '0');
    return `server.${id}=127.0.0.1:288${port}:388${port}:${has(observers, id) ? 'observer' : 'participant'}`;
  });
  if (verifier.kind === 'hierarchical')
    verifier.groups.forEach(({ members, weights }, i) => {
      lines.push(`group.${i + 1}=${servers.filter((id) => has(members, id)).join(':')}`);
      for (const [id, weight] of weights) lines.push(`weight.${id}=${weight}`);
    });
  return [...lines, 'version=0'].join('\n');
}
