import type { Program } from '../program.ts';
import { counter } from './counter.ts';
import { hotKey } from './hot-key.ts';
import { sequential } from './sequential.ts';
import { sessionChurn } from './session-churn.ts';
import { watchers } from './watchers.ts';

/** Every workload, by the name that a scenario gives it. */
export const WORKLOADS: readonly Program[] = [hotKey, sequential, counter, sessionChurn, watchers];
