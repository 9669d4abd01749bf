import type { TraceEvent } from '../../sim/trace.ts';
import { fencingWords } from '../fencing.ts';
import { seconds } from '../text.ts';
import { eventWords, packetWords } from '../words.ts';
import {
  HEARTBEATS,
  hostName,
  hostsOf,
  inWindow,
  isSkipped,
  label,
  type ExportFormat,
  type ExportRun,
  type Written,
} from './format.ts';

/** A sequence diagram: packets where they arrive, notes for what matters besides. Mermaid draws time downwards and no slant,
 *  so a packet stands in the order of its arrival. */
export const mermaid: ExportFormat = {
  name: 'mermaid',
  about: 'a sequence diagram',
  opens: 'GitHub and GitLab in Markdown, mermaid.live',
  limit: { of: 'arrows and notes', most: 200 },
  skip: [...HEARTBEATS, 'NOTIFICATION', 'GREETING'],
  *write(run: ExportRun): Generator<string, Written, void> {
    const { scenario } = run;
    yield `%% ${words(`${scenario.name}, seed ${run.seed}, release ${scenario.release}`)}\nsequenceDiagram\n`;
    for (const host of hostsOf(scenario)) {
      const shown = host > 0 ? `S${host}` : words(scenario.clients[-host - 1]?.name ?? '');
      yield `  participant ${hostName(scenario, host)} as ${shown}\n`;
    }
    let drawn = 0;
    let leftOut = 0;
    for (const event of run.events) {
      if (!inWindow(run, event) || isSkipped(run, event)) continue;
      const line = lineOf(run, event);
      if (line === null) continue;
      if (drawn === run.limit) leftOut++;
      else {
        drawn++;
        yield `  ${line}\n`;
      }
    }
    if (leftOut > 0) {
      const hosts = hostsOf(scenario).map((host) => hostName(scenario, host));
      const over = hosts.length > 1 ? `${hosts[0]},${hosts.at(-1)}` : hosts[0];
      yield `  Note over ${over}: ${leftOut} more are left out\n`;
    }
    return { leftOut };
  },
};

function lineOf({ scenario }: ExportRun, event: TraceEvent): string | null {
  const host = hostName(scenario, event.server);
  switch (event.kind) {
    case 'received':
      return `${hostName(scenario, event.peer)}->>${host}: ${words(packetWords(event.message))}`;
    case 'lost':
      return `${hostName(scenario, event.peer)}-x${host}: ${words(`${packetWords(event.message)}, lost: ${event.why}`)}`;
    case 'fenced':
      return note(host, event, fencingWords(event));
    case 'stateChanged':
    case 'established':
    case 'serving':
    case 'leftRole':
    case 'started':
    case 'ended':
    case 'paused':
    case 'resumed':
    case 'epochWritten':
    case 'truncated':
    case 'diskFailed':
    case 'committed':
      return note(host, event, eventWords(event));
    case 'fault':
    case 'mended':
    case 'calm': {
      const hosts = hostsOf(scenario).map((each) => hostName(scenario, each));
      const over = event.server > 0 ? host : hosts.length > 1 ? `${hosts[0]},${hosts.at(-1)}` : hosts[0]!;
      return note(over, event, eventWords(event));
    }
    default:
      return null;
  }
}

function note(over: string, { at }: TraceEvent, text: string): string {
  return `Note over ${over}: ${words(`${seconds(at)} ${text}`)}`;
}

/** As Mermaid reads it back: a semicolon ends a statement, a hash begins an entity, angle brackets are HTML. */
function words(text: string): string {
  return label(text)
    .replaceAll('#', '#35;')
    .replaceAll(/;(?<!#35;)/g, '#59;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll('%', '#37;')
    .replaceAll(/[{}]/g, (brace) => (brace === '{' ? '#123;' : '#125;'));
}
