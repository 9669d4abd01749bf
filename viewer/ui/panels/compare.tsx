import { useEffect } from 'preact/hooks';
import { seconds, thousands, who, zxidText } from '../../../report/text.ts';
import type { TraceEvent } from '../../../sim/trace.ts';
import type { Frame, ServerFrame } from '../../frame.ts';
import { Tools } from '../diagram/diagram.tsx';
import { DiagramState } from '../diagram/diagram-state.ts';
import { sentence } from '../diagram/keys.ts';
import { Stage } from '../diagram/stage.tsx';
import { t } from '../shell/i18n.ts';
import { engine, goToEvent, main, other, type Run } from '../shell/store.ts';
import { useAsked } from './asked.ts';

/** Both look at the same stretch of time, in the same way. */
const mine = new DiagramState(main);
const theirs = new DiagramState(other, mine);

/** Around the first difference, this much is shown at first. */
const AROUND_US = 60_000;

/** Two futures of one past, side by side: where they part, and what became of each server. */
export function Compare() {
  const [a, b] = [main.frame.value, other.frame.value];
  const when = `${a?.position.traced} ${b?.position.traced} ${a?.played.traced} ${b?.played.traced}`;
  const answer = useAsked({ kind: 'compare' }, when);
  const difference = answer?.kind === 'compare' && answer.event !== null ? answer : null;
  const at = difference?.at ?? null;
  useEffect(() => {
    mine.marked.value = at;
    if (at === null) return;
    mine.kind.value = 'time';
    mine.follow.value = false;
    const { width } = mine.size.peek();
    const scale = Math.max(300, width) / (2 * AROUND_US);
    mine.look({ left: at - AROUND_US / 2, scale });
  }, [at]);
  if (a === null || b === null) return null;
  return (
    <div class="compare" data-test="compare">
      <div class="compare-head">
        <p role="status">
          {difference === null || at === null
            ? t(a.hash === b.hash ? 'compare.equal' : 'compare.beginning')
            : t('compare.differ', { at: seconds(at), event: thousands(difference.event ?? 0) })}
        </p>
        {difference !== null && (
          <button type="button" class="button" onClick={() => goToEvent(difference.event ?? 0)}>
            {t('compare.goTo')}
          </button>
        )}
        <button type="button" class="button" onClick={() => engine().send({ kind: 'swap' })}>
          {t('compare.swap')}
        </button>
        <button type="button" class="button" onClick={() => engine().send({ kind: 'close', session: 'other' })}>
          {t('compare.close')}
        </button>
      </div>
      <Tools state={mine} />
      <Future title={t('compare.main')} state={mine} frame={a} />
      <Future title={t('compare.other')} state={theirs} frame={b} />
      <Servers a={a} b={b} />
      <Events from={difference?.event ?? null} />
    </div>
  );
}

function Future({
  title,
  state,
  frame,
}: {
  readonly title: string;
  readonly state: DiagramState;
  readonly frame: Frame;
}) {
  return (
    <section class="future" aria-label={title}>
      <h3>
        {title}{' '}
        <span class="mono muted">
          {seconds(frame.position.at)} · {frame.hash}
        </span>
      </h3>
      <Stage state={state} />
    </section>
  );
}

/** What of a server can differ. */
const FACTS: readonly { readonly name: string; readonly of: (server: ServerFrame) => string }[] = [
  { name: 'state', of: ({ up, state }) => (up ? state : 'DOWN') },
  { name: 'leader', of: ({ leader }) => (leader === 0 ? '–' : who(leader)) },
  { name: 'acceptedEpoch', of: ({ acceptedEpoch }) => String(acceptedEpoch ?? '–') },
  { name: 'currentEpoch', of: ({ currentEpoch }) => String(currentEpoch ?? '–') },
  { name: 'zxid', of: ({ lastZxid }) => zxidText(lastZxid) },
  { name: 'digest', of: ({ stateHash }) => stateHash || '–' },
];

function Servers({ a, b }: { readonly a: Frame; readonly b: Frame }) {
  return (
    <table class="plain-table compare-table">
      <caption>{t('compare.servers', { at: seconds(a.position.at) })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('logs.server')}</th>
          {FACTS.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {a.servers.map((server) => {
          const twin = b.servers.find(({ id }) => id === server.id);
          return (
            <tr key={server.id}>
              <th scope="row">{who(server.id)}</th>
              {FACTS.map(({ name, of }) => (
                <Fact key={name} mine={of(server)} theirs={twin === undefined ? '–' : of(twin)} />
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Fact({ mine: here, theirs: there }: { readonly mine: string; readonly theirs: string }) {
  if (here === there) return <td>{here}</td>;
  return (
    <td class="differs">
      {here} <i>≠</i> {there}
    </td>
  );
}

/** So many events of each, from shortly before they part. */
const BEFORE = 3;
const AFTER = 14;

function Events({ from }: { readonly from: number | null }) {
  void [main.trace.version.value, other.trace.version.value];
  if (from === null) return null;
  const rows = Array.from({ length: BEFORE + AFTER }, (_, i) => from - BEFORE + i).filter((index) => index >= 0);
  return (
    <table class="plain-table compare-events">
      <caption>{t('compare.events')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('compare.main')}</th>
          <th scope="col">{t('compare.other')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((index) => (
          <tr key={index} class={index === from ? 'first-difference' : index < from ? 'same' : ''}>
            <td>
              {index === from && <b>{t('compare.first')}: </b>}
              {wordsAt(main, index)}
            </td>
            <td>{wordsAt(other, index)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function wordsAt(run: Run, index: number): string {
  const event: TraceEvent | undefined = run.trace.events[index];
  return event === undefined ? t('compare.nothing') : sentence(event);
}
