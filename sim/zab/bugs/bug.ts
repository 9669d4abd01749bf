import type { Behaviour } from '../behaviour.ts';

/** One deviation on top of `corrected`: a bug that ZooKeeper had, a hazard of today's master, or a textbook mistake. */
export interface Bug {
  /** The JIRA issue, `ZOOKEEPER-4643`, or a few words in kebab case where there is none. */
  readonly name: string;
  /** historic: released, and mended since. open: still in today's master. textbook: a mistake that any checker must find. */
  readonly kind: 'historic' | 'open' | 'textbook';
  /** One line. */
  readonly title: string;
  /** One paragraph: what was done in the wrong order or left out, and what follows from it. */
  readonly about: string;
  /** Other names that it goes by: further JIRA issues. */
  readonly also: readonly string[];
  /** In words, for people: which releases had it, and which mended it. */
  readonly affects: string;
  readonly fixed: string | null;
  /** Of the releases that can be run, those that have it. */
  readonly releases: readonly string[];
  /** Names of properties. The first is what it is known for; any of them may be the first to speak. */
  readonly breaks: readonly string[];
  /** What differs from `corrected`: as little as shows it. */
  readonly deviation: Partial<Omit<Behaviour, 'name'>>;
}
