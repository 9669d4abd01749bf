import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROPERTIES } from '../../properties/index.ts';
import { SECOND } from '../../sim/time.ts';
import { setOf } from '../../sim/zab/sets.ts';
import { ZERO } from '../../sim/zab/zxid.ts';
import { BROKEN } from './broken.ts';
import { BROKEN_CLIENTS_OTHERWISE } from './broken-clients.ts';
import { BROKEN_RECIPES_OTHERWISE } from './broken-recipes.ts';
import { BROKEN_OTHERWISE } from './broken-otherwise.ts';
import { clientLife } from './client-life.ts';
import { recipeLife } from './recipe-life.ts';
import { coldStart, Conversation, judge, SETUP, t, z } from './conversation.ts';

/** A cold start, writes; the leader loses power with a write that only it has; the next epoch begins with DIFF; the old
 *  leader comes back and is truncated; the observer is brought level by SNAP; a leader change; calm. */
function longLife(): Conversation {
  const c = coldStart();
  const call = c.invoke();
  c.write(3, t(3, 1, 1), [3, 2, 1], [4]).answer(3, call, z(1, 1));
  c.write(3, t(3, 1, 2), [3, 2], [4])
    .log(1, t(3, 1, 2))
    .apply(t(3, 1, 2), 1);
  // 2 has logged the third, 3 the fourth too: the one will stay, the other will go.
  c.propose(3, t(3, 1, 3), t(3, 1, 4))
    .ack(3, t(3, 1, 3), 3, 2)
    .log(3, t(3, 1, 4))
    .crash(3);
  c.leave(1, 2, 4).tell(2, { kind: 'applied', txn: t(3, 1, 3), delivered: false });
  c.discover(2, 2, [1])
    .finishElection(2, 2, setOf([1, 2]))
    .syncDiff(2, 2, 1, [t(3, 1, 3)]);
  c.establish(2, 2, setOf([1, 2]))
    .serve(2, 2, 1)
    .write(2, t(2, 2, 1), [2, 1]);
  // The old leader restarts with its tail.
  c.start(3)
    .promise(2, 2, 3)
    .syncTrunc(2, 2, 3, z(1, 3), [z(1, 4)]);
  c.tell(3, { kind: 'serving', role: 'FOLLOWING', epoch: 2, lastZxid: z(1, 3), digest: 0 });
  c.log(3, t(2, 2, 1)).apply(t(2, 2, 1), 3);
  c.promise(2, 2, 4).syncSnap(2, 2, 4).serve(2, 2, 4);
  c.tell(2, { kind: 'acked', from: 4, zxid: z(2, 1), counted: false });
  c.write(2, t(2, 2, 2), [2, 3, 1], [4]);
  // An orderly change of leader, everybody level; the new leader's snapshot is no log.
  c.leave(1, 2, 3, 4).reign(1, 3, [2, 3, 4]);
  c.tell(1, { kind: 'snapshotBegun', snapshot: 900, zxid: z(3, 0), lastZxid: z(2, 2) });
  c.tell(1, { kind: 'snapshotWritten', snapshot: 900, zxid: z(3, 0), synced: false, replaces: false });
  c.write(1, { ...t(1, 3, 1), body: { kind: 'closeSession', paths: [] } }, [1, 2, 3], [4]);
  // A late server takes in the whole of the log again.
  c.crash(2).start(2).promise(1, 3, 2).syncDiff(1, 3, 2);
  c.tell(2, { kind: 'serving', role: 'FOLLOWING', epoch: 3, lastZxid: z(3, 1), digest: 0 });
  const vote = { leader: 2, zxid: z(3, 1), peerEpoch: 3 };
  c.tell(2, { kind: 'voted', round: 9, vote, because: 'start' });
  c.tell(2, { kind: 'voted', round: 9, vote: { ...vote, leader: 3 }, because: 'better' });
  return c.tell(0, { kind: 'calm' }).wait(20 * SECOND);
}

describe('a legal life', () => {
  const judgement = judge(longLife());
  const ofClients = judge(clientLife());
  const ofRecipes = judge(recipeLife());

  it('breaks no property', () => {
    expect(judgement.whys).toEqual([]);
    expect([...judgement.excused]).toEqual([]);
    expect(ofClients.whys).toEqual([]);
    expect(ofRecipes.whys).toEqual([]);
    expect([...ofRecipes.excused]).toEqual([]);
  });

  it.each(PROPERTIES.map(({ name }) => name))('gives %s something to judge', (name) => {
    const premises = [judgement, ofClients, ofRecipes].map((one) => one.premises.get(name) ?? 0);
    expect(Math.max(...premises)).toBeGreaterThan(0);
  });
});

const HELPERS: readonly string[] = ['index.ts', 'recipe-facts.ts'];

describe('the list of properties', () => {
  it('has every file of its folder, under its name, with a sentence and a source', () => {
    const files = readdirSync(new URL('../../properties', import.meta.url)).filter((file) => !HELPERS.includes(file));
    expect(PROPERTIES.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
    for (const { about, source } of PROPERTIES) {
      expect(about).toMatch(/\.$/);
      expect(source).not.toBe('');
    }
  });

  it('has a broken trace for each', () => {
    expect(Object.keys(BROKEN).sort()).toEqual(PROPERTIES.map(({ name }) => name).sort());
  });
});

describe('of all properties, on a broken trace, only', () => {
  it.each(Object.entries(BROKEN))('%s speaks', (name, { with: others, trace }) => {
    const { spoke, whys } = judge(trace());
    expect({ spoke: [...spoke].sort(), whys }).toEqual({ spoke: [name, ...others].sort(), whys });
  });

  it.each([...BROKEN_OTHERWISE, ...BROKEN_CLIENTS_OTHERWISE, ...BROKEN_RECIPES_OTHERWISE])(
    '$name speaks when $how',
    ({ name, with: others, trace }) => {
      const { spoke, whys } = judge(trace());
      expect({ spoke: [...spoke].sort(), whys }).toEqual({ spoke: [name, ...others].sort(), whys });
    },
  );
});

describe('progress after calm is excused', () => {
  const stuck = (): Conversation => coldStart().leave(1, 2, 3);

  it.each([
    ['without a calm', stuck().wait(20 * SECOND)],
    ['when the run ends early', stuck().tell(0, { kind: 'calm' }).wait(SECOND)],
    [
      'without a quorum of voters that is up',
      stuck()
        .crash(1, 2)
        .tell(0, { kind: 'calm' })
        .wait(20 * SECOND),
    ],
  ])('%s', (_, trace) => {
    const { spoke, excused } = judge(trace);
    expect(spoke).toEqual([]);
    expect(excused.get('progress-after-calm')).toBeTypeOf('string');
  });
});

describe('the setting initialZxid', () => {
  it('moves the first transaction of an epoch, also behind a snapshot that came before it', () => {
    const settings = { ...SETUP.settings, initialZxid: 0xfffffffa };
    const c = new Conversation().start(1, 2, 3).reign(3, 1, [2]).promise(3, 1, 1);
    c.tell(1, { kind: 'snapshotBegun', snapshot: 70, zxid: z(1, 0), lastZxid: ZERO });
    c.tell(1, { kind: 'snapshotWritten', snapshot: 70, zxid: z(1, 0), synced: true, replaces: true });
    c.ackNewLeader(3, 1, 1)
      .serve(1, 1)
      .write(3, t(3, 1, 0xfffffffb), [3, 2, 1]);
    expect(judge(c, { ...SETUP, settings }).whys).toEqual([]);
    expect(judge(c).spoke).toEqual(['log-shape', 'in-order-commit']);
  });
});

describe('damage beyond what ZAB tolerates', () => {
  it('is judged only by what must still hold: a wiped quorum may begin anew', () => {
    const c = coldStart()
      .write(3, t(3, 1, 1), [3, 2, 1])
      .crash(1, 2, 3);
    for (const id of [1, 2, 3]) {
      c.last[id] = ZERO;
      c.acceptedEpoch[id] = 0;
      c.currentEpoch[id] = 0;
    }
    c.start(1, 2, 3)
      .reign(3, 1, [1, 2])
      .write(3, { ...t(3, 1, 1), digest: 7 }, [1, 2, 3]);
    c.tell(0, { kind: 'calm' }).wait(20 * SECOND);
    expect(judge(c, { ...SETUP, beyondBudget: true }).whys).toEqual([]);
    expect(judge(c).spoke).toContain('epoch-monotonicity');
  });
});
