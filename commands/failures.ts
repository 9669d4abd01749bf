import { PROPERTIES } from '../properties/index.ts';
import { causes } from '../report/cause.ts';
import type { Failure } from '../report/failure.ts';
import { Recent } from '../report/recent.ts';
import { Tracker } from '../report/track.ts';
import type { Report } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import { drive } from './drive.ts';
import type { Property } from '../sim/property.ts';

/** Events held while the causes of a violation are looked for. */
const HELD = 400_000;

/** Explains the violations of a run. A run keeps no trace, so it is played once more: it is the same run. */
export async function failuresOf(
  report: Report,
  scenario: Scenario,
  seed: string,
  more: readonly Property[],
): Promise<Failure[]> {
  if (report.violations.length === 0) return [];
  const recent = new Recent(HELD);
  const trackers = report.violations.map(() => new Tracker(scenario.servers));
  const last = Math.max(...report.violations.map((violation) => violation.event));
  await drive(scenario, seed, {
    more,
    watch: (event, index) => {
      if (index <= last) recent.push(event);
      report.violations.forEach((violation, i) => {
        if (index < violation.event) trackers[i]?.observe(event);
      });
    },
  });
  return report.violations.map((violation, i) => {
    const property = [...PROPERTIES, ...more].find((candidate) => candidate.name === violation.property);
    return {
      violation,
      about: property?.about ?? '',
      source: property?.source ?? '',
      causes: causes(recent, violation),
      before: trackers[i]?.servers ?? [],
    };
  });
}
