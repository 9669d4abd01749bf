import type { ComponentType } from 'preact';
import { Diagram } from '../diagram/diagram.tsx';
import { Compare } from '../panels/compare.tsx';
import { Ladder } from '../panels/ladder.tsx';
import { Ledger } from '../panels/ledger.tsx';
import { Logs } from '../panels/logs.tsx';
import { Tree } from '../panels/tree.tsx';
import { Properties } from '../properties/properties.tsx';
import { tabsShown } from './commands.ts';
import { t } from './i18n.ts';
import { comparing, main, tab, type Tab } from './store.ts';

/** The views beside the ensemble, one at a time. */
const VIEWS: Readonly<Partial<Record<Tab, ComponentType>>> = {
  diagram: Diagram,
  logs: Logs,
  ledger: Ledger,
  ladder: Ladder,
  tree: Tree,
  properties: Properties,
  compare: Compare,
};

export function Panels() {
  const tabs = tabsShown(main.about.value?.service, comparing.value);
  const shown = tabs.includes(tab.value) ? tab.value : 'diagram';
  const View = VIEWS[shown];
  return (
    <section class="pane pane-tabs" aria-label={t('pane.panels')}>
      <div
        class="tabs"
        role="tablist"
        aria-label={t('pane.panels')}
        onKeyDown={(event) => {
          const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          const next = tabs[(tabs.indexOf(shown) + by + tabs.length) % tabs.length] ?? shown;
          tab.value = next;
          document.getElementById(`tab-${next}`)?.focus();
        }}
      >
        {tabs.map((each) => (
          <button
            key={each}
            type="button"
            class="tab"
            role="tab"
            id={`tab-${each}`}
            aria-selected={each === shown}
            aria-controls="panel"
            tabIndex={each === shown ? 0 : -1}
            data-test={`tab-${each}`}
            onClick={() => (tab.value = each)}
          >
            {nameOf(each)}
            <Badge tab={each} />
          </button>
        ))}
      </div>
      <div class="pane-body" role="tabpanel" id="panel" aria-labelledby={`tab-${shown}`} tabIndex={0}>
        {View === undefined ? null : <View />}
      </div>
    </section>
  );
}

function nameOf(each: Tab): string {
  switch (each) {
    case 'diagram':
      return t('tab.diagram');
    case 'logs':
      return t('tab.logs');
    case 'ledger':
      return t('tab.ledger');
    case 'ladder':
      return t('tab.ladder');
    case 'tree':
      return t('tab.tree');
    case 'properties':
      return t('tab.properties');
    case 'compare':
      return t('tab.compare');
  }
}

/** How much there is to see in a view that is not open. */
function Badge({ tab: each }: { readonly tab: Tab }) {
  const frame = main.frame.value;
  const count = each === 'ledger' ? frame?.ledger.length : each === 'properties' ? frame?.violations.length : 0;
  if (count === undefined || count === 0) return null;
  return <span class={each === 'properties' ? 'badge badge-bad' : 'badge'}>{count}</span>;
}
