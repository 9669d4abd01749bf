import type { Program } from '../program.ts';
import { barrier } from './barrier.ts';
import { configuration } from './configuration.ts';
import { crashDetection } from './crash-detection.ts';
import { doubleBarrier } from './double-barrier.ts';
import { groupMembership } from './group-membership.ts';
import { leaderElection } from './leader-election.ts';
import { lock, sharedLock } from './lock.ts';
import { nameService } from './name-service.ts';
import { priorityQueue, queue } from './queue.ts';
import { serviceRegistry } from './service-registry.ts';
import { twoPhaseCommit } from './two-phase-commit.ts';

/** A recipe, what it promises, and how it is classically got wrong. */
export interface Recipe {
  readonly program: Program;
  readonly promises: string;
  /** The properties that judge it. */
  readonly judgedBy: readonly string[];
  readonly mistakes: readonly RecipeMistake[];
}

/** A mistake that `mistake:` of the recipe switches on. */
export interface RecipeMistake {
  readonly name: string;
  readonly about: string;
  /** The property that it breaks. */
  readonly breaks: string;
}

const SORTS_NAMES =
  'compares the whole names of the nodes, so that whatever stands before the number outranks it (ZOOKEEPER-2931)';
const NO_GUID =
  'creates again after a lost connection without looking whether the first attempt has succeeded: there are two nodes';
const HERD = 'watches the parent instead of the one node that it waits for: every change wakes everybody';

/** Every recipe, in the order of the documentation. */
export const RECIPES: readonly Recipe[] = [
  {
    program: leaderElection,
    promises: 'At most one candidate acts as the leader, and whoever waits is woken only when it is its turn.',
    judgedBy: ['recipe-one-acting-leader', 'recipe-no-herd'],
    mistakes: [
      {
        name: 'acts-while-disconnected',
        about:
          'goes on acting until it is told that its session has expired, which nobody can tell it while it is cut off',
        breaks: 'recipe-one-acting-leader',
      },
      { name: 'herd', about: HERD, breaks: 'recipe-no-herd' },
    ],
  },
  {
    program: lock,
    promises:
      'The lock is granted in the order in which it was asked for, to one at a time; what it guards is used by its latest' +
      ' holder alone, even if an earlier one wakes up late; whoever waits gets it in the end.',
    judgedBy: ['recipe-mutual-exclusion', 'recipe-lock-order', 'recipe-no-herd', 'recipe-nobody-waits-forever'],
    mistakes: [
      {
        name: 'no-fencing-token',
        about: 'uses the resource without a fencing token: after a long pause it does so although its lock is gone',
        breaks: 'recipe-mutual-exclusion',
      },
      { name: 'no-guid', about: NO_GUID, breaks: 'recipe-nobody-waits-forever' },
      { name: 'herd', about: HERD, breaks: 'recipe-no-herd' },
      { name: 'sorts-names', about: SORTS_NAMES, breaks: 'recipe-lock-order' },
    ],
  },
  {
    program: sharedLock,
    promises: 'Readers share the lock, a writer has it alone, and nobody overtakes a writer.',
    judgedBy: ['recipe-mutual-exclusion', 'recipe-lock-order', 'recipe-nobody-waits-forever'],
    mistakes: [{ name: 'sorts-names', about: SORTS_NAMES, breaks: 'recipe-lock-order' }],
  },
  {
    program: barrier,
    promises: 'Nobody passes while the barrier is shut, and everybody passes once it is open.',
    judgedBy: ['recipe-barrier', 'recipe-nobody-waits-forever'],
    mistakes: [
      {
        name: 'believes-the-event',
        about: 'passes as soon as its watch tells anything, without asking again whether the barrier is gone',
        breaks: 'recipe-barrier',
      },
    ],
  },
  {
    program: doubleBarrier,
    promises: 'Nobody begins before all have come, and nobody goes before all have finished.',
    judgedBy: ['recipe-double-barrier', 'recipe-nobody-waits-forever'],
    mistakes: [
      {
        name: 'counts-children',
        about:
          'begins when it counts enough children, as the tutorial does: one that is slow to count finds some gone again',
        breaks: 'recipe-nobody-waits-forever',
      },
      { name: 'no-guid', about: NO_GUID, breaks: 'recipe-double-barrier' },
    ],
  },
  {
    program: queue,
    promises: 'Elements are taken in the order in which they were put in, each of them once, and none is lost.',
    judgedBy: ['recipe-queue-order', 'recipe-queue-once'],
    mistakes: [
      {
        name: 'lost-delete-is-success',
        about: 'takes an element for its own although the answer to the delete was lost: somebody else may take it too',
        breaks: 'recipe-queue-once',
      },
      {
        name: 'lost-delete-is-failure',
        about: 'forgets an element when the answer to the delete was lost: if it was deleted, nobody has it',
        breaks: 'recipe-queue-once',
      },
      { name: 'no-guid', about: NO_GUID, breaks: 'recipe-queue-once' },
      { name: 'sorts-names', about: SORTS_NAMES, breaks: 'recipe-queue-order' },
    ],
  },
  {
    program: priorityQueue,
    promises: 'Of the elements that were there when a consumer looked, it takes the most urgent one.',
    judgedBy: ['recipe-priority-order', 'recipe-queue-once'],
    mistakes: [
      {
        name: 'works-off-its-list',
        about: 'works through a list that it read once, while more urgent elements come',
        breaks: 'recipe-priority-order',
      },
    ],
  },
  {
    program: twoPhaseCommit,
    promises: 'All sites end alike, and they commit only if every site has voted for it.',
    judgedBy: ['recipe-two-phase-commit'],
    mistakes: [
      {
        name: 'decides-before-all-votes',
        about: 'commits when its patience is over and nobody has voted against it yet',
        breaks: 'recipe-two-phase-commit',
      },
    ],
  },
  {
    program: groupMembership,
    promises: 'In the end every observer sees exactly the members that live.',
    judgedBy: ['recipe-views-converge'],
    mistakes: [
      {
        name: 'takes-any-node-for-its-own',
        about: 'takes the node of its session before for its own: that session expires, and the node goes with it',
        breaks: 'recipe-views-converge',
      },
    ],
  },
  {
    program: nameService,
    promises: 'A name has at most one holder at a time.',
    judgedBy: ['recipe-names-unique'],
    mistakes: [
      {
        name: 'takes-any-node-for-its-own',
        about: 'after a lost connection it tries again, and takes NODEEXISTS for the success of its first attempt',
        breaks: 'recipe-names-unique',
      },
    ],
  },
  {
    program: serviceRegistry,
    promises: 'In the end every consumer has the address of every provider that lives, and no other.',
    judgedBy: ['recipe-views-converge'],
    mistakes: [
      {
        name: 'forgets-to-watch-again',
        about: 'opens a new session after an expiry, and trusts its cache: the watches were of the session before',
        breaks: 'recipe-views-converge',
      },
    ],
  },
  {
    program: configuration,
    promises: 'In the end every subscriber has put the latest configuration into effect, and nobody ever goes back.',
    judgedBy: ['recipe-configuration-seen'],
    mistakes: [
      {
        name: 'watches-too-late',
        about: 'reads first and sets its watch in a second call: what is published between the two is missed',
        breaks: 'recipe-configuration-seen',
      },
    ],
  },
  {
    program: crashDetection,
    promises: 'In the end exactly those workers are suspected that have crashed.',
    judgedBy: ['recipe-crash-detected'],
    mistakes: [
      {
        name: 'watches-once',
        about: 'does not set its watch anew: a watch tells of the first crash, and of no other',
        breaks: 'recipe-crash-detected',
      },
    ],
  },
];

export function findRecipe(name: string): Recipe | undefined {
  return RECIPES.find(({ program }) => program.name === name);
}
