import { signal } from '@preact/signals';
import { en } from '../../messages/en.ts';
import { lengthened } from '../../messages/long.ts';
import { zh } from '../../messages/zh.ts';
import { remember, remembered } from './memory.ts';

/** The words of the page, in the language that is chosen. */

export type MessageKey = keyof typeof en;
/** Every key has a text: a missing one does not compile. */
export type Messages = Readonly<Record<MessageKey, string>>;

/** `long` is English stretched to the length of the wordiest languages: it shows where a layout breaks. */
export type Language = 'en' | 'zh' | 'long';

const TEXTS: Readonly<Record<Language, Messages>> = { en, zh, long: lengthened(en) };

/** What `lang` says to screen readers and to the choice of fonts. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans', long: 'en' };

export const language = signal<Language>('en');

/** The names between braces in a text: `Placeholders<'{a} of {b}'>` is `'a' | 'b'`. */
type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** Keys of texts without placeholders. */
export type PlainKey = {
  [Key in MessageKey]: Placeholders<(typeof en)[Key]> extends never ? Key : never;
}[MessageKey];

type Values<Key extends MessageKey> =
  Placeholders<(typeof en)[Key]> extends never
    ? []
    : [values: Readonly<Record<Placeholders<(typeof en)[Key]>, string | number>>];

/** The text of a key, its placeholders filled. Reading it subscribes to the language. */
export function t<Key extends MessageKey>(key: Key, ...[values]: Values<Key>): string {
  return fill(TEXTS[language.value][key], values ?? {});
}

/** A text whose `{names}` are replaced; a name without a value stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  document.documentElement.lang = LANGUAGE_TAGS[chosen];
  remember('language', chosen);
}

/** `?lang=` of the address, else the last choice, else what the browser prefers. */
export function startLanguage(): void {
  const asked = new URLSearchParams(location.search).get('lang') ?? remembered('language');
  const known = (['en', 'zh', 'long'] as const).find((each) => each === asked);
  chooseLanguage(known ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'));
}
