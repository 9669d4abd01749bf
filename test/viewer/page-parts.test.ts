// What the page is made of holds without a browser: texts of both languages fit, the ring fits its pane, the story tells turns.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../sim/trace.ts';
import { en } from '../../viewer/messages/en.ts';
import { lengthened } from '../../viewer/messages/long.ts';
import { zh } from '../../viewer/messages/zh.ts';
import { edgeOf, lane, ringOf, sidesOf } from '../../viewer/ui/ensemble/geometry.ts';
import { thinned, type Mark } from '../../viewer/ui/shell/marks.ts';
import { TraceStore } from '../../viewer/ui/shell/trace-store.ts';

type Texts = Readonly<Record<string, string>>;

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort((a, b) => (a < b ? -1 : 1));
}

describe('texts', () => {
  const others: readonly (readonly [string, Texts])[] = [
    ['zh', zh],
    ['long', lengthened(en)],
  ];
  test.each(others)('%s has the keys of English, with the same placeholders, and nothing empty', (_, texts) => {
    const english: Texts = en;
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    const wrong = Object.keys(english).filter((key) => {
      const text = texts[key] ?? '';
      return text.trim() === '' || placeholders(text).join() !== placeholders(english[key] ?? '').join();
    });
    expect(wrong).toEqual([]);
  });

  test('Chinese is Chinese, but for the words of ZooKeeper', () => {
    const kept = Object.entries(zh).filter(([, text]) => !/\p{Script=Han}/u.test(text));
    const words = /^(accepted|current|zxid|sync|(ZooKeeper )?\{.*\})$/;
    expect(kept.filter(([, text]) => !words.test(text)).map(([key]) => key)).toEqual([]);
  });

  test('the long language is longer by two fifths, as German is at worst', () => {
    const length = (texts: Texts): number => Object.values(texts).join('').length;
    expect(length(lengthened(en))).toBeGreaterThan(length(en) * 1.4);
  });
});

describe('the ring', () => {
  test('of nine servers and fewer lies inside its pane, and no two cards touch, from a phone to a projector', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 360, max: 1800 }),
        fc.integer({ min: 320, max: 1200 }),
        fc.boolean(),
        (count, width, height, clients) => {
          const { places, card } = ringOf(count, { width, height }, clients);
          expect(places).toHaveLength(count);
          places.forEach((a, i) => {
            expect(a.x - card.width / 2).toBeGreaterThanOrEqual(0);
            expect(a.x + card.width / 2).toBeLessThanOrEqual(width);
            expect(a.y - card.height / 2).toBeGreaterThanOrEqual(0);
            expect(a.y + card.height / 2).toBeLessThanOrEqual(height);
            for (const b of places.slice(i + 1))
              expect(Math.abs(a.x - b.x) >= card.width || Math.abs(a.y - b.y) >= card.height).toBe(true);
          });
        },
      ),
    );
  });

  test('has larger cards where there is room', () => {
    const scales = [1280, 1920, 2560].map((width) => ringOf(5, { width: width / 2, height: width / 2.8 }, true).scale);
    expect(scales[0]).toBeLessThan(scales[1]!);
    expect(scales[1]).toBeLessThanOrEqual(scales[2]!);
    expect(ringOf(30, { width: 640, height: 420 }, true).detail).toBe('tiny');
  });

  test('a stroke puts every server on one side, whichever way it is drawn', () => {
    const { places } = ringOf(5, { width: 640, height: 480 }, false);
    const [a, b] = [
      { x: 0, y: 200 },
      { x: 640, y: 220 },
    ];
    const [above, below] = sidesOf(a, b, places);
    expect([...above].sort((x, y) => x - y)).toEqual([0, 1, 4]);
    expect([...below].sort((x, y) => x - y)).toEqual([2, 3]);
    expect(sidesOf(b, a, places)).toEqual([below, above]);
  });

  test('a link ends at the edges of its cards, and two lanes keep their distance', () => {
    const card = { width: 100, height: 60 };
    expect(edgeOf({ x: 0, y: 0 }, card, { x: 300, y: 0 })).toEqual({ x: 50, y: 0 });
    expect(edgeOf({ x: 0, y: 0 }, card, { x: 0, y: -300 })).toEqual({ x: 0, y: -30 });
    const forth = lane({ x: 0, y: 0 }, { x: 100, y: 0 }, 6);
    const back = lane({ x: 100, y: 0 }, { x: 0, y: 0 }, 6);
    expect(forth[0].y).toBe(6);
    expect(back[0].y).toBe(-6);
  });
});

const resumed = (at: number): TraceEvent => ({ at, server: 1, kind: 'resumed' });
const landed = (at: number): TraceEvent => ({ at, server: 1, kind: 'landed', fault: 'cut' });

describe('the trace in the page', () => {
  test('forgets what became void, with its turns and marks', () => {
    const store = new TraceStore();
    store.take(0, [
      resumed(1),
      landed(2),
      resumed(3),
      { at: 4, server: 0, kind: 'fault', fault: 'cut', what: 'cut S1→S2' },
    ]);
    expect(store.turns.map(({ index }) => index)).toEqual([0, 2, 3]);
    expect(store.marks.map(({ index, kind }) => [index, kind])).toEqual([[3, 'fault']]);
    store.take(2, [landed(3), resumed(5)]);
    expect(store.events).toHaveLength(4);
    expect(store.turns.map(({ index }) => index)).toEqual([0, 3]);
    expect(store.marks).toEqual([]);
    expect(store.voided).toBe(1);
  });

  test('tells the last turns up to a moment', () => {
    const store = new TraceStore();
    store.take(
      0,
      Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? resumed(i) : landed(i))),
    );
    expect(store.lastTurns(51, 3).map(({ index }) => index)).toEqual([46, 48, 50]);
    expect(store.lastTurns(50, 3).map(({ index }) => index)).toEqual([44, 46, 48]);
    expect(store.lastTurns(0, 3)).toEqual([]);
  });

  test('shows one mark of a kind where they would lie on top of one another', () => {
    const marks = Array.from({ length: 1000 }, (_, i): Mark => ({
      index: i,
      at: i * 1000,
      kind: i % 2 ? 'commit' : 'fault',
    }));
    const shown = thinned(marks, 1_000_000, 50);
    expect(shown).toHaveLength(100);
    expect(new Set(shown.map(({ at, kind }) => `${kind} ${Math.floor(at / 20_000)}`)).size).toBe(100);
  });
});
