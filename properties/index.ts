import type { Property } from '../sim/property.ts';
import { acknowledgedMeansDurable } from './acknowledged-means-durable.ts';
import { acknowledgedWritesSurvive } from './acknowledged-writes-survive.ts';
import { agreement } from './agreement.ts';
import { clientZxidMonotonic } from './client-zxid-monotonic.ts';
import { committedIsPermanent } from './committed-is-permanent.ts';
import { committedMeansDurable } from './committed-means-durable.ts';
import { epochFencing } from './epoch-fencing.ts';
import { epochMonotonicity } from './epoch-monotonicity.ts';
import { epochsOnDisk } from './epochs-on-disk.ts';
import { everyServerRestarts } from './every-server-restarts.ts';
import { globalPrimaryOrder } from './global-primary-order.ts';
import { inOrderCommit } from './in-order-commit.ts';
import { initialHistoryIntegrity } from './initial-history-integrity.ts';
import { integrity } from './integrity.ts';
import { leaderCompleteness } from './leader-completeness.ts';
import { localPrimaryOrder } from './local-primary-order.ts';
import { logShape } from './log-shape.ts';
import { noSplitBrain } from './no-split-brain.ts';
import { noUnexpectedPacket } from './no-unexpected-packet.ts';
import { nobodyGoesBack } from './nobody-goes-back.ts';
import { observersNeverCount } from './observers-never-count.ts';
import { oneLeaderPerEpoch } from './one-leader-per-epoch.ts';
import { prefixConsistency } from './prefix-consistency.ts';
import { primaryIntegrity } from './primary-integrity.ts';
import { processConsistency } from './process-consistency.ts';
import { progressAfterCalm } from './progress-after-calm.ts';
import { sameState } from './same-state.ts';
import { totalOrder } from './total-order.ts';
import { votesOnlyImprove } from './votes-only-improve.ts';
import { zxidIdentity } from './zxid-identity.ts';

/** Every property, in the order in which a reader meets them: the paper's, leadership, durability, the rest. */
export const PROPERTIES: readonly Property[] = [
  integrity,
  totalOrder,
  agreement,
  localPrimaryOrder,
  globalPrimaryOrder,
  primaryIntegrity,
  prefixConsistency,
  oneLeaderPerEpoch,
  noSplitBrain,
  epochMonotonicity,
  epochFencing,
  epochsOnDisk,
  zxidIdentity,
  logShape,
  acknowledgedMeansDurable,
  committedMeansDurable,
  committedIsPermanent,
  leaderCompleteness,
  processConsistency,
  initialHistoryIntegrity,
  inOrderCommit,
  nobodyGoesBack,
  observersNeverCount,
  noUnexpectedPacket,
  votesOnlyImprove,
  everyServerRestarts,
  sameState,
  clientZxidMonotonic,
  acknowledgedWritesSurvive,
  progressAfterCalm,
];

export function findProperty(name: string): Property | undefined {
  return PROPERTIES.find((property) => property.name === name);
}
