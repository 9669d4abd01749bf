import { GLYPHS } from '../../diagram-model/glyphs.ts';
import type { MarkKind } from '../../diagram-model/marks.ts';
import { t } from '../shell/i18n.ts';
import { main, other } from '../shell/store.ts';
import { Details } from './details.tsx';
import { DiagramState } from './diagram-state.ts';
import { EventList } from './event-list.tsx';
import { Stage } from './stage.tsx';

/** They outlive the view, so that it opens as it was left. */
export const diagrams = { main: new DiagramState(main), other: new DiagramState(other) } as const;

/** The space-time diagram: a line for every server and client, an arrow for every message. */
export function Diagram() {
  const state = diagrams.main;
  return (
    <div class="diagram">
      <Tools state={state} />
      <Stage state={state} />
      <Details state={state} />
      <div class="diagram-more">
        <Legend />
        <EventList state={state} />
      </div>
      <p class="unseen" id="diagram-keys">
        {t('diagram.keys')}
      </p>
    </div>
  );
}

export function Tools({ state }: { readonly state: DiagramState }) {
  const { heartbeats, planes } = state.shown.value;
  return (
    <div class="diagram-tools" role="toolbar" aria-label={t('diagram.tools')}>
      <span class="segments" role="group" aria-label={t('diagram.axis')}>
        {(['order', 'time'] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            class="button"
            aria-pressed={state.kind.value === kind}
            data-test={`axis-${kind}`}
            onClick={() => state.chooseAxis(kind)}
          >
            {t(kind === 'order' ? 'diagram.byEvent' : 'diagram.byTime')}
          </button>
        ))}
      </span>
      <Zoom state={state} />
      <Toggle label={t('diagram.follow')} on={state.follow.value} set={(on) => (state.follow.value = on)} />
      {(['election', 'quorum', 'client'] as const).map((plane, i) => (
        <Toggle
          key={plane}
          class={`plane-${plane}`}
          label={t(`legend.${plane}`)}
          on={planes[i] === true}
          set={(on) => {
            const next: [boolean, boolean, boolean] = [...planes];
            next[i] = on;
            state.shown.value = { heartbeats, planes: next };
          }}
        />
      ))}
      <Toggle
        label={t('diagram.heartbeats')}
        on={heartbeats}
        set={(on) => (state.shown.value = { heartbeats: on, planes })}
      />
    </div>
  );
}

function Zoom({ state }: { readonly state: DiagramState }) {
  return (
    <span class="segments" role="group" aria-label={t('diagram.zoom')}>
      <button type="button" class="button" aria-label={t('diagram.zoomOut')} onClick={() => state.zoomBy(1 / 1.5)}>
        −
      </button>
      <button type="button" class="button" onClick={() => state.fit()} data-test="diagram-fit">
        {t('diagram.fit')}
      </button>
      <button type="button" class="button" aria-label={t('diagram.zoomIn')} onClick={() => state.zoomBy(1.5)}>
        +
      </button>
    </span>
  );
}

interface ToggleProps {
  readonly label: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
  readonly class?: string;
}

function Toggle({ label, on, set, class: extra = '' }: ToggleProps) {
  return (
    <button type="button" class={`button toggle ${extra}`} aria-pressed={on} onClick={() => set(!on)}>
      {label}
    </button>
  );
}

/** What stands for what, in the order in which a run shows it. */
const EXPLAINED: readonly MarkKind[] = [
  ...(['start', 'vote', 'elected', 'promise', 'epoch', 'established', 'serving', 'left'] as const),
  ...(['invoked', 'watch', 'proposed', 'fsync', 'counted', 'committed', 'applied', 'ok', 'failed'] as const),
  ...(['end', 'pause', 'resume', 'fenced', 'cut', 'snapshot', 'diskFailed', 'fault', 'mended', 'warned'] as const),
];

function Legend() {
  return (
    <details class="diagram-legend">
      <summary>{t('diagram.legend')}</summary>
      <p>{t('diagram.legendBands')}</p>
      <ul>
        {EXPLAINED.map((kind) => (
          <li key={kind}>
            <svg viewBox="-8 -8 16 16" aria-hidden="true">
              <path
                class={`glyph-${GLYPHS[kind].fill ? 'full' : 'open'} tone-${GLYPHS[kind].tone}`}
                d={GLYPHS[kind].path}
              />
            </svg>
            {t(`mark.${kind as Exclude<MarkKind, 'small'>}`)}
          </li>
        ))}
      </ul>
    </details>
  );
}
