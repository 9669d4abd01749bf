import { MS, SECOND } from '../../time.ts';
import type { Returned } from '../program.ts';
import { call, create, dataIn, ensure, exists, numberOf, parentsOf, read, say, textOf } from './acts.ts';
import { follow, newCourse, sleep, stay, to, type Course, type Move } from './machine.ts';

/** Two-phase commit: the coordinator makes a node for each site's vote, watches them all, and writes its decision down once;
 *  every site votes on its own node and obeys the decision. Without a decision nobody commits; the coordinator may always
 *  abort. Source: recipes.md, "Two-phased Commit". */

interface State extends Course {
  readonly path: string;
  readonly mistake: string;
  /** The number of the site; 0: the coordinator. */
  readonly site: number;
  readonly sites: number;
  readonly patience: number;
  readonly vote: string;
  readonly delay: number;
  /** By site, from 1: what it has voted, or nothing. */
  votes: string[];
  /** The coordinator's mind is made up. */
  decision: string;
  voted: boolean;
}

const COMMIT = 'commit';
const ABORT = 'abort';

function voteOf({ path }: State, site: number): string {
  return `${path}/votes/${site}`;
}

function decisionOf({ path }: State): string {
  return `${path}/decision`;
}

/** The nodes of all votes, behind those they stand under. */
function ballots(state: State): string[] {
  const sites = Array.from({ length: state.sites }, (_, i) => voteOf(state, i + 1));
  return [...parentsOf(voteOf(state, 1)), ...sites];
}

export const twoPhaseCommit = follow<State>({
  name: 'two-phase-commit',
  about: 'Coordinates a transaction of several sites, or votes on one and obeys.',
  start: (model) => ({
    ...newCourse(),
    path: model.instance,
    mistake: textOf(model, 'mistake'),
    site: numberOf(model, 'site'),
    sites: numberOf(model, 'sites'),
    patience: numberOf(model, 'patience', 20 * SECOND),
    vote: textOf(model, 'vote', COMMIT),
    delay: numberOf(model, 'delay', 100 * MS),
    votes: Array.from({ length: numberOf(model, 'sites') }, () => ''),
    decision: '',
    voted: false,
  }),
  first: 'begin',
  steps: {
    begin: { begin: ({ site }) => to(site === 0 ? 'ballots' : 'find') },

    // ── the coordinator
    ballots: ensure(ballots, 'poll'),
    poll: {
      begin(state) {
        const sites = Array.from({ length: state.sites }, (_, i) => i + 1);
        return stay(
          sleep(state.patience, 'patience'),
          ...sites.map((site) => call(read(voteOf(state, site), true), String(site))),
        );
      },
      answered: polled,
      event: (state, { path }) => pollOf(state, path),
      woke: (state) => decide(state, state.mistake === 'decides-before-all-votes' ? COMMIT : ABORT),
    },
    decide: {
      begin: (state) => stay(call(create(decisionOf(state), state.decision, 'PERSISTENT'))),
      // Another attempt of its own, or of its life before, was first: that one counts.
      answered: (_, { error }) => to(error === null ? 'obey' : 'learn'),
    },

    // ── a site
    find: {
      begin: (state) => stay(call(exists(voteOf(state, state.site), true))),
      answered: (state, { error }) => (error !== null ? stay() : to(state.voted ? 'cast' : 'think')),
      event: () => to('find'),
    },
    think: {
      begin: ({ delay }) => stay(sleep(delay, 'voted')),
      woke(state) {
        state.voted = true;
        return to('cast', say('votes', { vote: state.vote, sites: state.sites }));
      },
    },
    cast: {
      begin: (state) => stay(call({ op: 'setData', path: voteOf(state, state.site), data: state.vote, version: 0 })),
      // BADVERSION: an earlier attempt, whose answer was lost, has done it.
      answered: (state) =>
        // Whoever votes abort need not ask what the others say.
        state.vote === ABORT ? to('done', say('applies', { decision: ABORT })) : to('attend'),
    },
    attend: {
      begin: (state) => stay(call(exists(decisionOf(state), true))),
      answered: (_, { error }) => (error === null ? to('learn') : stay()),
      event: () => to('attend'),
    },

    // ── both
    learn: {
      begin: (state) => stay(call(read(decisionOf(state), false))),
      answered(state, { answer }) {
        state.decision = dataIn(answer);
        return to('obey');
      },
    },
    obey: { begin: ({ decision }) => to('done', say('applies', { decision })) },
    done: { begin: () => stay(say('finished'), { kind: 'closeSession' }) },
  },
});

/** Every vote is read with a watch, so that no change of it is missed. */
function pollOf(state: State, path: string): Move {
  const site = Number(path.slice(path.lastIndexOf('/') + 1));
  return stay(call(read(voteOf(state, site), true), String(site)));
}

function polled(state: State, { answer }: Returned, name: string): Move {
  state.votes[Number(name) - 1] = dataIn(answer);
  if (state.votes.includes(ABORT)) return decide(state, ABORT);
  const yes = state.votes.filter((vote) => vote === COMMIT).length;
  return yes === state.sites ? decide(state, COMMIT) : stay();
}

function decide(state: State, decision: string): Move {
  if (state.decision === '') state.decision = decision;
  return to('decide', say('decides', { decision: state.decision, sites: state.sites }));
}
