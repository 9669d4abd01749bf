import type { Scenario } from './scenario.ts';
import { MS, type Micros } from './time.ts';

/** After the calm, how long an ensemble may take until it serves and every call has its answer.
 *
 *  What may have to pass, one after the other: the timeouts that still run from before the calm (a learner or a handler
 *  in its initLimit, a leader in one of its three waits, an election dial), a poll that has doubled to its maximum, one
 *  election that picks a leader which cannot be reached, then an election and a handshake that succeed, and a client's
 *  own timeout. Each part comes from the configuration, so that "late" has a meaning. */
export function progressBound(scenario: Scenario): Micros {
  const { settings, network, disk, processes, clients } = scenario;
  const tick = settings.tickTime;
  const poll = Math.min(settings.maxNotificationInterval, pollAfter(scenario.calmAt ?? scenario.endAt));
  const waits = 3 * settings.initLimit * tick + settings.syncLimit * tick;
  const election = settings.cnxTimeout + 10 * 200 + 2 * poll;
  const handshake = 5 * 1000 + settings.initLimit * tick;
  const client = clients.reduce((longest, { timeout }) => Math.max(longest, timeout), 0);
  const sync = disk.own.reduce((longest, own) => Math.max(longest, own.sync[1]), disk.sync[1]);
  const physics = 200 * (network.latency[1] + network.retransmit[1] + sync) + processes.startup[1];
  return (waits + 2 * election + 2 * handshake + 2 * tick) * MS + 2 * client + physics;
}

/** How long a write may take where a leader serves with a quorum and nothing is wrong: a few journeys and fsyncs, behind a
 *  queue of others. */
export function answerBound(scenario: Scenario): Micros {
  const { network, disk, settings } = scenario;
  const sync = disk.own.reduce((longest, own) => Math.max(longest, own.sync[1]), disk.sync[1]);
  return 50 * (network.latency[1] + sync) + settings.tickTime * MS;
}

/** The longest poll, in ms, that a server can have come to by doubling in so much time. */
function pollAfter(elapsed: Micros): number {
  let wait = 200;
  let spent = 0;
  while (spent < elapsed / MS) {
    spent += wait;
    wait *= 2;
  }
  return wait;
}
