import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../../protocol.ts';
import { Dialog } from '../shell/dialog.tsx';
import { download } from '../shell/download.ts';
import { t } from '../shell/i18n.ts';
import { engine, main } from '../shell/store.ts';

/** Taking a run along: as a file for the command line, or as an address. */

interface Closable {
  readonly close: () => void;
}

/** Longer addresses are cut by some mail programs. */
const LONG_ADDRESS = 2_000;

type Saved = Extract<Answer, { readonly kind: 'save' | 'refused' }>;

export function SaveDialog({ close }: Closable) {
  const [saved, setSaved] = useState<Saved | null>(null);
  useEffect(() => {
    let gone = false;
    void engine()
      .ask<'save'>({ kind: 'save', session: 'main' })
      .then((answer) => {
        if (!gone) setSaved(answer);
      });
    return () => {
      gone = true;
    };
  }, []);
  return (
    <Dialog title={t('save.title')} close={close} wide>
      {saved?.kind === 'refused' && <p class="wrong">{saved.lines.join('\n')}</p>}
      {saved?.kind === 'save' && (
        <>
          <p>{t('save.about')}</p>
          <p class="mono" data-test="save-command">
            {saved.command}
          </p>
          <label class="field">
            <span>{t('save.yaml')}</span>
            <textarea readOnly value={saved.yaml} spellcheck={false} data-test="save-yaml" />
          </label>
          <div class="buttons">
            <CopyButton text={saved.yaml} />
            <button
              type="button"
              class="button button-main"
              data-test="save-download"
              onClick={() => download(saved.name, saved.yaml, 'application/yaml')}
            >
              {t('save.download')}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

type Linked = Extract<Answer, { readonly kind: 'link' | 'refused' }>;

export function ShareDialog({ close }: Closable) {
  const [linked, setLinked] = useState<Linked | null>(null);
  useEffect(() => {
    let gone = false;
    void engine()
      .ask<'link'>({ kind: 'link', session: 'main' })
      .then((answer) => {
        if (gone) return;
        setLinked(answer);
        // The address bar says the same, for those who copy from there.
        if (answer.kind === 'link') history.replaceState(null, '', `#${answer.text}`);
      });
    return () => {
      gone = true;
    };
  }, []);
  const url = linked?.kind === 'link' ? addressOf(linked.text) : '';
  return (
    <Dialog title={t('share.title')} close={close}>
      <p>{t('share.about')}</p>
      <br />
      {linked?.kind === 'refused' && <p class="wrong">{[t('share.none'), ...linked.lines].join('\n')}</p>}
      {linked?.kind === 'link' && (
        <>
          <label class="field">
            <span>{t('share.url')}</span>
            <input
              type="text"
              readOnly
              value={url}
              data-test="share-url"
              onFocus={(event) => event.currentTarget.select()}
            />
          </label>
          {url.length > LONG_ADDRESS && <p class="muted">{t('share.long', { n: url.length })}</p>}
          <label class="field">
            <span>{t('share.hash')}</span>
            <input type="text" class="mono" readOnly value={main.frame.value?.hash ?? ''} data-test="share-hash" />
          </label>
          <div class="buttons">
            <CopyButton text={url} main />
          </div>
        </>
      )}
    </Dialog>
  );
}

/** This page at that moment. */
function addressOf(link: string): string {
  const { origin, pathname } = location;
  return location.protocol === 'file:' ? `file://${pathname}#${link}` : `${origin}${pathname}#${link}`;
}

function CopyButton({ text, main: first = false }: { readonly text: string; readonly main?: boolean }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class={first ? 'button button-main' : 'button'}
      data-test="copy"
      onClick={() => {
        void navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          // Without a permission, the text can still be marked and copied by hand.
          () => setCopied(false),
        );
      }}
    >
      <span role="status">{copied ? t('save.copied') : t('save.copy')}</span>
    </button>
  );
}
