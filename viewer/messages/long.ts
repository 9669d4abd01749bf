/** Every text made a good half longer, as German is to English: for looking at layouts. Placeholders stay whole. */
export function lengthened<Texts extends Readonly<Record<string, string>>>(
  texts: Texts,
): Readonly<Record<keyof Texts, string>> {
  const out: Partial<Record<keyof Texts, string>> = {};
  for (const key of Object.keys(texts)) Object.assign(out, { [key]: longer(texts[key] ?? '') });
  return { ...texts, ...out };
}

/** One word in two is doubled, and compounds stay one word: they cannot be broken at a space. */
export function longer(text: string): string {
  return text
    .split(' ')
    .map((word, index) => (index % 2 === 0 && /^[A-Za-z]{3,}/.test(word) ? word + word.toLowerCase() : word))
    .join(' ');
}
