import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Tinypool from 'tinypool';
import type { Answer, Task } from './worker.ts';

/** Why a task has no answer: its thread ended before it could give one. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/** Worker threads, one task at a time each. A thread that ends is replaced; the task that it had is rejected with
 *  `WorkerDied`, and is the caller's to try again. */
export class Pool {
  readonly #lanes: Lane[];
  readonly #idle: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  constructor(threads: number) {
    this.#lanes = Array.from({ length: threads }, () => new Lane());
    this.#idle = [...this.#lanes];
  }

  /** Waits for a free thread, then for its answer. null: by then nobody wanted it any more. */
  run(task: Task): Promise<Answer>;
  run(task: Task, isUnwanted: () => boolean): Promise<Answer | null>;
  async run(task: Task, isUnwanted = (): boolean => false): Promise<Answer | null> {
    const lane = this.#idle.pop() ?? (await new Promise<Lane>((free) => this.#waiting.push(free)));
    try {
      return isUnwanted() ? null : await lane.run(task);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(lane);
      else next(lane);
    }
  }

  /** Ends every thread, in the middle of its work if need be. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

/** One thread. The pool of one notices an error in it, but not that it left; we do. */
class Lane {
  #threads: Tinypool | null = null;
  #watched: unknown = null;
  #left: (() => void) | null = null;

  async run(task: Task): Promise<Answer> {
    this.#threads ??= new Tinypool({ filename: WORKER, minThreads: 1, maxThreads: 1, idleTimeout: 1_000_000 });
    const left = new Promise<never>((_, reject) => {
      this.#left = () => reject(new WorkerDied('the thread left in the middle of its work'));
    });
    left.catch(() => {});
    const answer: Promise<Answer> = this.#threads.run(task, { name: 'work' });
    answer.catch(() => {});
    this.#watch(this.#threads);
    try {
      return await Promise.race([answer, left]);
    } catch (error) {
      await this.close();
      throw error instanceof WorkerDied
        ? error
        : new WorkerDied(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      this.#left = null;
    }
  }

  #watch(threads: Tinypool): void {
    const [thread] = threads.threads;
    if (thread === undefined || thread === this.#watched) return;
    this.#watched = thread;
    thread.once('exit', () => {
      if (this.#watched === thread) this.#left?.();
    });
  }

  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = null;
    this.#watched = null;
    if (threads === null) return;
    // A thread that has left already is waited for in vain.
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((over) => (timer = setTimeout(over, CLOSING_MS)));
    await Promise.race([threads.destroy(), patience]);
    clearTimeout(timer);
  }
}

const CLOSING_MS = 500;

/** The bundle of `fuzz/worker.ts` lies beside the bundle that this is in. */
const WORKER = workerFile();

function workerFile(): string {
  const beside = fileURLToPath(new URL('./fuzz-worker.js', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../dist/fuzz-worker.js', import.meta.url));
}
