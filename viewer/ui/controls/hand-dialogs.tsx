import { useState } from 'preact/hooks';
import { who } from '../../../report/text.ts';
import { Dialog } from '../shell/dialog.tsx';
import * as hands from '../shell/hands.ts';
import { t } from '../shell/i18n.ts';
import { main } from '../shell/store.ts';

/** Dialogs of what cannot be said with one click: a partition without a mouse, a drift, a request in detail. */

interface Closable {
  readonly close: () => void;
}

export function PartitionDialog({ close }: Closable) {
  const servers = main.about.value?.servers ?? [];
  // The first proposal cuts the leader off, with one other if there are enough.
  const leader = hands.leaderNow()?.id;
  const [left, setLeft] = useState<ReadonlySet<number>>(
    () => new Set(leader === undefined ? servers.slice(0, 1) : [leader]),
  );
  const groups = [servers.filter((id) => left.has(id)), servers.filter((id) => !left.has(id))];
  const possible = groups.every((group) => group.length > 0);
  const move = (id: number, toLeft: boolean): void => {
    const next = new Set(left);
    if (toLeft) next.add(id);
    else next.delete(id);
    setLeft(next);
  };
  return (
    <Dialog title={t('partition.title')} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!possible) return;
          close();
          hands.partition(groups);
        }}
      >
        <p>{t('partition.about')}</p>
        <br />
        {servers.map((id) => (
          <fieldset class="field" key={id}>
            <legend>{who(id)}</legend>
            <div class="choices">
              <label>
                <input type="radio" name={`side-${id}`} checked={left.has(id)} onChange={() => move(id, true)} />
                {t('partition.left')}
              </label>
              <label>
                <input type="radio" name={`side-${id}`} checked={!left.has(id)} onChange={() => move(id, false)} />
                {t('partition.right')}
              </label>
            </div>
          </fieldset>
        ))}
        {!possible && (
          <p class="wrong" role="alert">
            {t('partition.both')}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={close}>
            {t('dialog.cancel')}
          </button>
          <button type="submit" class="button button-main" data-test="partition-do" disabled={!possible}>
            {t('partition.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** A clock that gains or loses a tenth: more is no clock. */
const MOST_DRIFT = 100_000;

export function DriftDialog({ close, server }: Closable & { readonly server: number }) {
  const now = main.frame.value?.servers.find(({ id }) => id === server)?.driftPpm ?? 0;
  const [text, setText] = useState(String(now === 0 ? 50_000 : now));
  const ppm = /^[-+]?\d+$/.test(text.trim()) ? Number(text) : null;
  const fine = ppm !== null && Math.abs(ppm) <= MOST_DRIFT;
  return (
    <Dialog title={t('drift.title', { server: who(server) })} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ppm === null || !fine) return;
          close();
          hands.drift(server, ppm);
        }}
      >
        <label class="field">
          <span>{t('drift.ppm')}</span>
          <input
            type="text"
            inputMode="numeric"
            value={text}
            aria-invalid={!fine}
            data-test="drift"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {!fine && <p class="wrong">{t('drift.wrong', { from: -MOST_DRIFT, to: MOST_DRIFT })}</p>}
        <div class="buttons">
          <button type="button" class="button" onClick={close}>
            {t('dialog.cancel')}
          </button>
          <button type="submit" class="button button-main" disabled={!fine}>
            {t('dialog.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const OPERATIONS = ['write', 'read', 'sync'] as const;

export function RequestDialog({ close }: Closable) {
  const about = main.about.value;
  const clients = about?.clients ?? [];
  const [client, setClient] = useState(clients[0] ?? '');
  const [server, setServer] = useState('');
  const [op, setOp] = useState<(typeof OPERATIONS)[number]>('write');
  const [key, setKey] = useState(hands.HAND_KEY);
  const [value, setValue] = useState(() => String(hands.nextValue()));
  const fine = client !== '' && /^[\w-]{1,40}$/.test(key) && /^\d{1,9}$/.test(value);
  return (
    <Dialog title={t('write.title')} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!fine) return;
          close();
          hands.submit({ op, client, server: server === '' ? null : Number(server), key, value: Number(value) });
        }}
      >
        {clients.length === 0 && <p class="wrong">{t('hands.noClient')}</p>}
        <div class="fields">
          <label class="field">
            <span>{t('write.client')}</span>
            <select value={client} onChange={(event) => setClient(event.currentTarget.value)}>
              {clients.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('write.server')}</span>
            <select value={server} onChange={(event) => setServer(event.currentTarget.value)}>
              <option value="">{t('write.any')}</option>
              {about?.servers.map((id) => (
                <option key={id} value={String(id)}>
                  {who(id)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('write.op')}</span>
            <select
              value={op}
              onChange={(event) => setOp(OPERATIONS.find((each) => each === event.currentTarget.value) ?? 'write')}
            >
              <option value="write">{t('hands.write')}</option>
              <option value="read">{t('hands.read')}</option>
              <option value="sync">{t('hands.sync')}</option>
            </select>
          </label>
          <label class="field">
            <span>{t('write.key')}</span>
            <input
              type="text"
              value={key}
              maxLength={40}
              data-test="write-key"
              onInput={(event) => setKey(event.currentTarget.value)}
            />
          </label>
          <label class="field">
            <span>{t('write.value')}</span>
            <input
              type="text"
              inputMode="numeric"
              value={value}
              maxLength={9}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          </label>
        </div>
        <div class="buttons">
          <button type="button" class="button" onClick={close}>
            {t('dialog.cancel')}
          </button>
          <button type="submit" class="button button-main" data-test="write-do" disabled={!fine}>
            {t('write.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
