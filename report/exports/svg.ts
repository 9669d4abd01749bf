import { diagramSvg } from '../../viewer/diagram-model/svg.ts';
import { HEARTBEATS, label, type ExportFormat, type ExportRun, type Written } from './format.ts';

/** The space-time diagram of the page, as a picture: one layout for both. */
export const svg: ExportFormat = {
  name: 'svg',
  about: 'the space-time diagram as a picture',
  opens: 'any browser, Inkscape',
  limit: { of: 'events', most: 5000 },
  skip: HEARTBEATS,
  *write({ scenario, seed, events, from, until, skip, limit }: ExportRun): Generator<string, Written, void> {
    return yield* diagramSvg(events, {
      title: label(`${scenario.title} (${scenario.name}, seed ${seed}, release ${scenario.release})`, 300),
      servers: scenario.servers,
      clients: scenario.clients.map(({ name }) => name),
      shown: { heartbeats: !skip.has('PING'), planes: [true, true, true] },
      from,
      until,
      axis: 'order',
      limit,
      selected: null,
    });
  },
};
