import { seconds, thousands } from '../../../report/text.ts';
import type { Violation } from '../../../sim/property.ts';
import type { PropertyFrame } from '../../frame.ts';
import { t } from '../shell/i18n.ts';
import { Icon } from '../shell/icons.tsx';
import { goToEvent, main } from '../shell/store.ts';

/** Every property, how often it had something to judge, and whether it holds; the violated ones first. */
export function Properties() {
  const frame = main.frame.value;
  if (frame === null) return null;
  const violations = new Map(frame.violations.map((violation) => [violation.property, violation]));
  const rows = [...frame.properties].sort((a, b) => Number(b.violated) - Number(a.violated));
  return (
    <table class="properties" data-test="properties">
      <thead>
        <tr>
          <th scope="col">{t('property.name')}</th>
          <th scope="col" title={t('property.premisesAbout')}>
            {t('property.premises')}
          </th>
          <th scope="col">{t('property.verdict')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((property) => (
          <Row key={property.name} property={property} violation={violations.get(property.name)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ property, violation }: { readonly property: PropertyFrame; readonly violation: Violation | undefined }) {
  const { name, about, source, premises, excused } = property;
  return (
    <tr data-property={name}>
      <td>
        <details>
          <summary>{name}</summary>
          <p>{about}</p>
          <p>{t('property.source', { source })}</p>
          {excused !== null && <p>{excused}</p>}
        </details>
        {violation !== undefined && (
          <p class="wrong">
            {t('property.violatedAt', {
              at: seconds(violation.at),
              event: thousands(violation.event),
              why: violation.why,
            })}{' '}
            <button type="button" class="button" onClick={() => goToEvent(violation.event)}>
              {t('property.goTo')}
            </button>
          </p>
        )}
      </td>
      <td class="number">{thousands(premises)}</td>
      <td>
        <Verdict property={property} />
      </td>
    </tr>
  );
}

function Verdict({ property: { violated, premises, kind } }: { readonly property: PropertyFrame }) {
  if (violated) {
    return (
      <span class="verdict verdict-violated">
        <Icon name="warning" />
        {t('property.violated')}
      </span>
    );
  }
  const ended = main.frame.value?.ended === true;
  if (kind === 'eventually' && !ended) return <span class="verdict verdict-waiting">{t('property.eventually')}</span>;
  if (premises === 0) return <span class="verdict verdict-waiting">{t('property.waiting')}</span>;
  return (
    <span class="verdict verdict-holds">
      <Icon name="check" />
      {t('property.holds')}
    </span>
  );
}
