import type { Tone } from '../../diagram-model/glyphs.ts';

/** The palette, as the style sheet has it at this moment: a canvas knows no style sheets. */
export interface Colours {
  readonly page: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly past: string;
  readonly future: string;
  readonly planes: readonly [string, string, string];
  readonly epochs: readonly string[];
  readonly tones: Readonly<Record<Tone, string>>;
  readonly font: string;
}

export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return {
    page: of('--surface'),
    text: of('--text'),
    muted: of('--muted'),
    line: of('--line'),
    accent: of('--accent'),
    past: of('--purple'),
    future: of('--green'),
    planes: [of('--plane-election'), of('--plane-quorum'), of('--plane-client')],
    epochs: [0, 1, 2, 3, 4, 5, 6, 7].map((epoch) => of(`--epoch-${epoch}`)),
    tones: {
      text: of('--text'),
      bad: of('--danger'),
      good: of('--good'),
      leader: of('--leader-mark'),
      epoch: of('--accent'),
      muted: of('--muted'),
      client: of('--plane-client'),
    },
    font: style.fontFamily,
  };
}
