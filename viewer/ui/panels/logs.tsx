import { useState } from 'preact/hooks';
import { who, zxidText } from '../../../report/text.ts';
import { SECOND, type Micros } from '../../../sim/time.ts';
import { counterOf, epochOf, type Zxid } from '../../../sim/zab/zxid.ts';
import type { HistoryChange, LogCell, ServerFrame } from '../../frame.ts';
import { columnsOf, type LogColumns } from '../../diagram-model/log-columns.ts';
import { t } from '../shell/i18n.ts';
import { goToEvent, main } from '../shell/store.ts';
import { useEarlier } from './earlier.ts';

/** So many columns fit a projector; the last ones are shown first. */
const COLUMNS = 60;
const REMEMBERED = 10 * SECOND;

/** Each server's history, equal transactions below one another. */
export function Logs() {
  const frame = main.frame.value;
  const [back, setBack] = useState(0);
  const histories = useEarlier(back);
  if (frame === null) return null;
  const gone = new Map(frame.servers.map((server) => [server.id, justRemoved(server, frame.position.at)]));
  const all = columnsOf(histories, [...gone.values()].flat(), COLUMNS);
  const hidden = Math.max(0, ...histories.map(({ hidden }) => hidden)) + all.before;
  return (
    <div class="logs">
      <Key />
      {all.zxids.length === 0 && <p class="empty">{t('logs.empty')}</p>}
      <div class="log-buttons">
        {hidden > 0 && (
          <button type="button" class="button" data-test="logs-earlier" onClick={() => setBack(back + COLUMNS)}>
            {t('logs.earlier')} ({t('logs.hidden', { n: hidden })})
          </button>
        )}
        {back > 0 && (
          <button type="button" class="button" onClick={() => setBack(0)}>
            {t('logs.later')}
          </button>
        )}
      </div>
      <div class="log-scroll" tabIndex={0} role="region" aria-label={t('logs.caption')}>
        <table class="log-table" data-test="logs">
          <caption class="unseen">{t('logs.caption')}</caption>
          <tbody>
            {frame.servers.map((server, i) => (
              <Row
                key={server.id}
                server={server}
                cells={histories[i]?.cells ?? []}
                columns={all}
                gone={new Set(gone.get(server.id))}
              />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** What a TRUNC took away stays to be seen for a while, struck through. */
function justRemoved({ changes }: ServerFrame, now: Micros): readonly Zxid[] {
  const last = changes.at(-1);
  return last?.kind === 'TRUNC' && now - last.at <= REMEMBERED ? last.removed : [];
}

function Row({
  server,
  cells,
  columns,
  gone,
}: {
  readonly server: ServerFrame;
  readonly cells: readonly LogCell[];
  readonly columns: LogColumns;
  readonly gone: ReadonlySet<Zxid>;
}) {
  const byZxid = new Map(cells.map((cell) => [cell.zxid, cell]));
  const { snapshotZxid, hidden } = server.log;
  return (
    <tr data-server={server.id}>
      <th scope="row">
        <b>{who(server.id)}</b>
        <small>{server.up ? server.state : t('ensemble.down')}</small>
        {snapshotZxid > 0 && <small class="log-snapshot">{t('logs.snapshot', { zxid: zxidText(snapshotZxid) })}</small>}
        {hidden > 0 && <small>{t('logs.hidden', { n: hidden })}</small>}
        {server.committedLog.size > 0 && (
          <small>
            {t('logs.committedLog', {
              min: short(server.committedLog.min),
              max: short(server.committedLog.max),
              n: server.committedLog.size,
            })}
          </small>
        )}
        <Changes changes={server.changes} />
      </th>
      {columns.zxids.map((zxid) => {
        const cell = byZxid.get(zxid);
        if (cell !== undefined) return <Cell key={zxid} cell={cell} odd={columns.conflicts.has(zxid)} />;
        if (gone.has(zxid)) return <Gone key={zxid} zxid={zxid} />;
        return zxid <= snapshotZxid ? <Covered key={zxid} zxid={zxid} /> : <td key={zxid} />;
      })}
    </tr>
  );
}

/** `1:3`: epoch and counter. */
function short(zxid: Zxid): string {
  return zxid <= 0 ? '0' : `${epochOf(zxid)}:${counterOf(zxid)}`;
}

function Cell({ cell, odd }: { readonly cell: LogCell; readonly odd: boolean }) {
  const { zxid, epoch, state, committed, applied, words } = cell;
  const states = [
    t(`logs.${state}`),
    ...(committed && state !== 'committed' ? [t('logs.committedElsewhere')] : []),
    ...(applied ? [] : [t('logs.notApplied')]),
    ...(odd ? [t('logs.conflict')] : []),
  ].join('; ');
  const label = t('logs.cell', { zxid: zxidText(zxid), words, state: states });
  return (
    <td title={label}>
      <span class={`log-cell log-${state} epoch-${epoch % 8}${odd ? ' log-odd' : ''}`} data-state={state}>
        <span aria-hidden="true">
          {short(zxid)}
          <i>{odd ? '≠' : state === 'committed' ? '✓' : committed ? '(✓)' : state === 'volatile' ? '~' : ''}</i>
          {!applied && <i class="log-not-applied">○</i>}
        </span>
        <span class="unseen">{label}</span>
      </span>
    </td>
  );
}

function Gone({ zxid }: { readonly zxid: Zxid }) {
  const label = `${zxidText(zxid)}: ${t('logs.gone')}`;
  return (
    <td title={label}>
      <span class={`log-cell log-gone epoch-${epochOf(zxid) % 8}`} data-state="gone">
        <s aria-hidden="true">{short(zxid)}</s>
        <span class="unseen">{label}</span>
      </span>
    </td>
  );
}

/** In the snapshot, and no longer in the log. */
function Covered({ zxid }: { readonly zxid: Zxid }) {
  const label = `${zxidText(zxid)}: ${t('logs.covered')}`;
  return (
    <td title={label}>
      <span class={`log-cell log-covered epoch-${epochOf(zxid) % 8}`} data-state="snapshot">
        <span aria-hidden="true">▤</span>
        <span class="unseen">{label}</span>
      </span>
    </td>
  );
}

/** The latest things that took something from this history, or replaced it. */
function Changes({ changes }: { readonly changes: readonly HistoryChange[] }) {
  return (
    <>
      {changes.slice(-2).map((change) => (
        <button
          key={change.event}
          type="button"
          class={`log-change log-change-${change.kind}`}
          onClick={() => goToEvent(change.event)}
        >
          {changeWords(change)}
        </button>
      ))}
    </>
  );
}

function changeWords({ kind, lastZxid, count }: HistoryChange): string {
  if (kind === 'TRUNC') return `✂ ${t('logs.trunc', { zxid: zxidText(lastZxid), n: count })}`;
  if (kind === 'SNAP') return `▤ ${t('logs.snap', { zxid: zxidText(lastZxid) })}`;
  return `✕ ${t('logs.crash', { n: count })}`;
}

function Key() {
  return (
    <ul class="log-key">
      {(['volatile', 'durable', 'committed'] as const).map((state) => (
        <li key={state}>
          <span class={`log-cell log-${state} epoch-1`} aria-hidden="true">
            1:3<i>{state === 'committed' ? '✓' : state === 'volatile' ? '~' : ''}</i>
          </span>
          {t(`logs.${state}`)}
        </li>
      ))}
      <li>
        <span class="log-cell log-durable epoch-1" aria-hidden="true">
          1:3<i class="log-not-applied">○</i>
        </span>
        {t('logs.notApplied')}
      </li>
      <li>
        <span class="log-cell log-covered epoch-1" aria-hidden="true">
          ▤
        </span>
        {t('logs.covered')}
      </li>
      <li>
        <span class="log-cell log-gone epoch-1" aria-hidden="true">
          <s>1:3</s>
        </span>
        {t('logs.gone')}
      </li>
    </ul>
  );
}
