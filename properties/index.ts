import type { Property } from '../sim/property.ts';
import { acknowledgedMeansDurable } from './acknowledged-means-durable.ts';
import { acknowledgedWritesSurvive } from './acknowledged-writes-survive.ts';
import { agreement } from './agreement.ts';
import { atomicMulti } from './atomic-multi.ts';
import { clientZxidMonotonic } from './client-zxid-monotonic.ts';
import { committedIsPermanent } from './committed-is-permanent.ts';
import { committedMeansDurable } from './committed-means-durable.ts';
import { ephemeralsEndWithTheirSession } from './ephemerals-end-with-their-session.ts';
import { epochFencing } from './epoch-fencing.ts';
import { epochMonotonicity } from './epoch-monotonicity.ts';
import { epochsOnDisk } from './epochs-on-disk.ts';
import { eventsBeforeAnswers } from './events-before-answers.ts';
import { everyServerRestarts } from './every-server-restarts.ts';
import { fifoClientOrder } from './fifo-client-order.ts';
import { globalPrimaryOrder } from './global-primary-order.ts';
import { inOrderCommit } from './in-order-commit.ts';
import { initialHistoryIntegrity } from './initial-history-integrity.ts';
import { integrity } from './integrity.ts';
import { leaderCompleteness } from './leader-completeness.ts';
import { linearizableWrites } from './linearizable-writes.ts';
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
import { recipeBarrier } from './recipe-barrier.ts';
import { recipeConfigurationSeen } from './recipe-configuration-seen.ts';
import { recipeCrashDetected } from './recipe-crash-detected.ts';
import { recipeDoubleBarrier } from './recipe-double-barrier.ts';
import { recipeLockOrder } from './recipe-lock-order.ts';
import { recipeMutualExclusion } from './recipe-mutual-exclusion.ts';
import { recipeNamesUnique } from './recipe-names-unique.ts';
import { recipeNoHerd } from './recipe-no-herd.ts';
import { recipeNobodyWaitsForever } from './recipe-nobody-waits-forever.ts';
import { recipeOneActingLeader } from './recipe-one-acting-leader.ts';
import { recipePriorityOrder } from './recipe-priority-order.ts';
import { recipeQueueOnce } from './recipe-queue-once.ts';
import { recipeQueueOrder } from './recipe-queue-order.ts';
import { recipeTwoPhaseCommit } from './recipe-two-phase-commit.ts';
import { recipeViewsConverge } from './recipe-views-converge.ts';
import { repliesEqualTheLog } from './replies-equal-the-log.ts';
import { sameState } from './same-state.ts';
import { sequenceNumbersUnique } from './sequence-numbers-unique.ts';
import { sessionsExpireInTime } from './sessions-expire-in-time.ts';
import { sessionsOfTheGoneEnd } from './sessions-of-the-gone-end.ts';
import { singleSystemImage } from './single-system-image.ts';
import { syncThenReadIsFresh } from './sync-then-read-is-fresh.ts';
import { totalOrder } from './total-order.ts';
import { votesOnlyImprove } from './votes-only-improve.ts';
import { watchesTellWhatChanged } from './watches-tell-what-changed.ts';
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
  linearizableWrites,
  fifoClientOrder,
  singleSystemImage,
  repliesEqualTheLog,
  eventsBeforeAnswers,
  atomicMulti,
  watchesTellWhatChanged,
  ephemeralsEndWithTheirSession,
  sequenceNumbersUnique,
  sessionsExpireInTime,
  sessionsOfTheGoneEnd,
  syncThenReadIsFresh,
  progressAfterCalm,
  recipeMutualExclusion,
  recipeLockOrder,
  recipeNoHerd,
  recipeOneActingLeader,
  recipeBarrier,
  recipeDoubleBarrier,
  recipeQueueOrder,
  recipeQueueOnce,
  recipePriorityOrder,
  recipeTwoPhaseCommit,
  recipeNamesUnique,
  recipeViewsConverge,
  recipeConfigurationSeen,
  recipeCrashDetected,
  recipeNobodyWaitsForever,
];

/** Those that watch every run, random plans too. */
export const SEARCHED_PROPERTIES: readonly Property[] = PROPERTIES.filter(({ subject }) => subject === undefined);

export function findProperty(name: string): Property | undefined {
  return PROPERTIES.find((property) => property.name === name);
}
