// The queue gives back the earliest event, equal times in the order they came, whatever was pushed, popped and taken.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Queue } from '../../sim/queue.ts';

/** The dumb second implementation: an array, sorted at every look. */
class Reference {
  lastAt = 0;
  #pushed = 0;
  #waiting: { at: number; order: number; event: number }[] = [];

  push(at: number, event: number): void {
    this.#waiting.push({ at, order: this.#pushed++, event });
    this.#waiting.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  pop(): number | undefined {
    const first = this.#waiting.shift();
    if (first !== undefined) this.lastAt = first.at;
    return first?.event;
  }

  takeNth(n: number): number | undefined {
    return this.#waiting.splice(n, 1)[0]?.event;
  }

  get items(): { at: number; event: number }[] {
    return this.#waiting.map(({ at, event }) => ({ at, event }));
  }

  clone(): Reference {
    const copy = new Reference();
    copy.lastAt = this.lastAt;
    copy.#pushed = this.#pushed;
    copy.#waiting = this.#waiting.map((each) => ({ ...each }));
    return copy;
  }
}

type Command =
  | { readonly kind: 'push'; readonly after: number }
  | { readonly kind: 'pop' }
  | { readonly kind: 'take'; readonly nth: number }
  | { readonly kind: 'clone' };

// Few distinct delays, so that ties are common; one of a day, which is the longest that a run asks for.
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      after: fc.constantFrom(0, 0, 1, 2, 3, 1000, 86_400_000_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), nth: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clone' as const) }) },
);

function shown(queue: Queue<number>): { at: number; event: number }[] {
  return queue.items().map(({ at, event }) => ({ at, event }));
}

test('it agrees with a sorted array on every sequence of pushes, pops, takes and clones', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
      let queue = new Queue<number>();
      let reference = new Reference();
      for (const [event, each] of commands.entries()) {
        switch (each.kind) {
          case 'push':
            queue.push(queue.lastAt + each.after, event);
            reference.push(reference.lastAt + each.after, event);
            break;
          case 'pop':
            expect(queue.pop()).toBe(reference.pop());
            expect(queue.lastAt).toBe(reference.lastAt);
            break;
          case 'take': {
            const seq = queue.items()[each.nth]?.seq;
            if (seq !== undefined) expect(queue.take(seq)).toBe(reference.takeNth(each.nth));
            break;
          }
          case 'clone': {
            const [copy, other] = [queue.clone(), reference.clone()];
            // What happens to the original is nothing to the copy.
            queue.push(queue.lastAt, -1);
            queue.pop();
            [queue, reference] = [copy, other];
            break;
          }
        }
        expect(queue.size).toBe(reference.items.length);
        expect(queue.peekAt()).toBe(reference.items[0]?.at);
      }
      expect(shown(queue)).toEqual(reference.items);
    }),
    { numRuns: 200 },
  );
});

test('equal times stay in order when the sequence numbers wrap, again and again', () => {
  const queue = new Queue<number>();
  let pushed = 0;
  let popped = 0;
  // 100 wait at any moment, all for times that others wait for too; a wrap comes every 65,536 pushes.
  for (; pushed < 100; pushed++) queue.push(1000 + Math.floor(pushed / 10), pushed);
  for (; pushed < 300_000; pushed++) {
    if (queue.pop() !== popped++) expect.fail(`event ${popped - 1} did not come in its turn`);
    queue.push(1000 + Math.floor(pushed / 10), pushed);
  }
  expect(popped).toBe(299_900);
  expect(queue.lastAt).toBe(1000 + Math.floor(299_899 / 10));
});

test('more may wait than a unit of sequence numbers holds', () => {
  const queue = new Queue<number>();
  const count = 200_000;
  for (let i = 0; i < count; i++) queue.push((i * 7919) % 1000, i);
  let previous = { at: -1, event: -1 };
  for (let i = 0; i < count; i++) {
    const event = queue.pop() ?? -1;
    const at = (event * 7919) % 1000;
    if (queue.lastAt !== at) expect.fail(`event ${event} came at ${queue.lastAt}`);
    if (at < previous.at || (at === previous.at && event < previous.event)) expect.fail(`event ${event} came too late`);
    previous = { at, event };
  }
  expect(queue.size).toBe(0);
});

test('a run of weeks keeps exact times, with something waiting a day ahead all the while', () => {
  const queue = new Queue<string>();
  const day = 86_400_000_000;
  queue.push(day, 'day');
  for (let n = 1; n <= 30; n++) {
    queue.push(n * day - 1, 'before');
    expect(queue.pop()).toBe('before');
    expect(queue.lastAt).toBe(n * day - 1);
    expect(queue.pop()).toBe('day');
    expect(queue.lastAt).toBe(n * day);
    queue.push((n + 1) * day, 'day');
  }
});

test('a copy of the events is made when it is asked for', () => {
  const queue = new Queue<{ value: number }>();
  queue.push(1, { value: 1 });
  const copy = queue.clone((event) => ({ ...event }));
  const original = queue.pop();
  if (original !== undefined) original.value = 2;
  expect(copy.pop()).toEqual({ value: 1 });
});

test('the past and broken times are refused', () => {
  const queue = new Queue<number>();
  queue.push(10, 0);
  queue.pop();
  expect(() => queue.push(9, 1)).toThrow('not in the past');
  expect(() => queue.push(10.5, 1)).toThrow('whole microsecond');
  expect(() => queue.push(Number.NaN, 1)).toThrow('whole microsecond');
  expect(() => queue.push(10 + 2 ** 40, 1)).toThrow('38 hours');
  expect(queue.size).toBe(0);
});
