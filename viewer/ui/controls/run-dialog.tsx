import { useMemo, useState } from 'preact/hooks';
import { seconds } from '../../../report/text.ts';
import { SECOND, type Micros } from '../../../sim/time.ts';
import type { Source } from '../../protocol.ts';
import { Dialog } from '../shell/dialog.tsx';
import { t } from '../shell/i18n.ts';
import { engine, library, main, notify, open } from '../shell/store.ts';

/** Chooses what is run: a scenario, a file or a text; a seed; a release or a bug. */

/** A trace of 100,000 events has some 30 MB as text; more does not fit a page. */
const LARGEST_FILE = 256 * 1024 * 1024;

export function RunDialog({ close }: { readonly close: () => void }) {
  const about = main.about.value;
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState(about?.name ?? '');
  const [seed, setSeed] = useState(about?.seed ?? '1');
  const [release, setRelease] = useState(about?.release ?? '');
  const [text, setText] = useState('');
  const [end, setEnd] = useState(String((about?.endAt ?? SECOND) / SECOND));
  const [calm, setCalm] = useState(about !== null && about.calmAt !== null);
  const scenarios = useMemo(() => found(words), [words, library.value]);
  const builtIn = library.value.scenarios.some(({ name }) => name === chosen);

  const start = (): void => {
    close();
    const pasted = text.trim();
    // The same scenario under another seed or release keeps what was done by hand.
    if (pasted === '' && chosen === about?.name) {
      const change = { seed, release, ...(calm ? {} : { calmAt: null }), ...endOf(end) };
      engine().send({ kind: 'amend', session: 'main', change });
      return;
    }
    const source: Source =
      pasted === '' ? { kind: 'scenario', name: chosen } : { kind: 'yaml', text: pasted, name: 'pasted' };
    open(source, { seed, ...(release === about?.release ? {} : { release }) });
  };
  return (
    <Dialog title={t('run.title')} close={close} wide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <div class="fields">
          <label class="field">
            <span>{t('run.seed')}</span>
            <input
              type="text"
              value={seed}
              maxLength={200}
              data-test="seed-input"
              onInput={(event) => setSeed(event.currentTarget.value)}
            />
          </label>
          <ReleaseField release={release} choose={setRelease} />
          {chosen === about?.name && (
            <label class="field">
              <span>{t('run.end')}</span>
              <input
                type="text"
                inputMode="decimal"
                value={end}
                maxLength={9}
                data-test="end-input"
                onInput={(event) => setEnd(event.currentTarget.value)}
              />
            </label>
          )}
        </div>
        {chosen === about?.name && about.calmAt !== null && (
          <label class="choices field">
            <input
              type="checkbox"
              checked={calm}
              data-test="calm-input"
              onChange={(event) => setCalm(event.currentTarget.checked)}
            />
            {t('run.calm', { at: seconds(about.calmAt) })}
          </label>
        )}
        <label class="field">
          <span>{t('run.search')}</span>
          <input
            type="search"
            autofocus
            value={words}
            data-test="scenario-search"
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </label>
        <ul class="scenarios" aria-label={t('run.scenarios')}>
          {scenarios.map(({ name, title }) => (
            <li key={name}>
              <button
                type="button"
                class="scenario"
                aria-current={name === chosen}
                data-test={`scenario-${name}`}
                onClick={() => {
                  setChosen(name);
                  if (name !== about?.name) setRelease(name.startsWith('bugs/') ? '' : (about?.release ?? ''));
                }}
                onDblClick={start}
              >
                <b>{title}</b>
                <small>{name}</small>
              </button>
            </li>
          ))}
          {scenarios.length === 0 && <li class="empty">{t('run.none')}</li>}
        </ul>
        <FileField close={close} seed={seed} />
        <details class="field">
          <summary>{t('run.paste')}</summary>
          <label class="field">
            <span>{t('run.pasteAbout')}</span>
            <textarea
              value={text}
              spellcheck={false}
              data-test="paste"
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
        </details>
        <div class="buttons">
          <button type="button" class="button" onClick={close}>
            {t('dialog.cancel')}
          </button>
          <button
            type="submit"
            class="button button-main"
            data-test="run-do"
            disabled={text.trim() === '' && !builtIn && chosen !== about?.name}
          >
            {t('run.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** When the run shall end, if the text is a number of seconds. */
function endOf(text: string): { readonly endAt?: Micros } {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? { endAt: Math.round(value * SECOND) } : {};
}

/** Scenarios that have all the words, in their name or title. */
function found(words: string): readonly { readonly name: string; readonly title: string }[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return library.value.scenarios.filter(({ name, title }) => {
    const text = `${name} ${title}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

function ReleaseField({ release, choose }: { readonly release: string; readonly choose: (release: string) => void }) {
  const { releases, bugs } = library.value;
  return (
    <label class="field">
      <span>{t('run.release')}</span>
      <select value={release} data-test="release-input" onChange={(event) => choose(event.currentTarget.value)}>
        {release === '' && <option value="">–</option>}
        <optgroup label={t('run.releases')}>
          {releases.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </optgroup>
        <optgroup label={t('run.bugs')}>
          {bugs.map(({ name, title }) => (
            <option key={name} value={name}>
              {name}: {title}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

function FileField({ close, seed }: { readonly close: () => void; readonly seed: string }) {
  return (
    <label class="field">
      <span>{t('run.file')}</span>
      <input
        type="file"
        data-test="file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file === undefined) return;
          close();
          void openFile(file, seed);
        }}
      />
    </label>
  );
}

/** A scenario is YAML, a report JSON, all else a trace. */
export async function openFile(file: File, seed: string): Promise<void> {
  if (file.size > LARGEST_FILE) {
    notify('bad', [t('run.tooLarge', { limit: `${LARGEST_FILE / 1024 / 1024} MB` })]);
    return;
  }
  if (/\.ya?ml$/i.test(file.name)) {
    open({ kind: 'yaml', text: await file.text(), name: file.name.replace(/\.ya?ml$/i, '') }, { seed });
  } else if (/\.json$/i.test(file.name)) open({ kind: 'report', text: await file.text() }, {});
  else open({ kind: 'trace', bytes: await file.arrayBuffer() }, {});
}
