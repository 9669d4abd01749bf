import { formatMistake, parseScenario } from '../index.ts';
import type { Scenario } from '../sim/scenario.ts';

/** Five servers under load: every write passes through the whole protocol, on five disks. */
export const STEADY = scenario(`
title: Five servers, eight clients that write and read without pause
teaches: Nothing; it is measured.
ensemble: {voters: 5}
service: register
clients:
${clients([1, 2, 3, 4, 5, 1, 2, 3], 'think: [0, 1ms], mix: {write: 80, read: 18, sync: 2}')}
end: 20s
`);

/** Ten clients, with sessions on ZooKeeper's tree; and the same load on the register, to compare. */
export const TREE = ofTen('zookeeper', 'session: 10s');
export const TREE_AS_REGISTER = ofTen('register', 'session: 10s');

function ofTen(service: string, session: string): Scenario {
  return scenario(`
title: Five servers, ten clients that write and read without pause
teaches: Nothing; it is measured.
ensemble: {voters: 5}
service: ${service}
clients:
${clients([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], `${session}, think: [0, 1ms], mix: {write: 80, read: 18, sync: 2}`)}
end: 10s
`);
}

/** Five servers that ping one another: what an hour without work costs. */
export const IDLE = scenario(`
title: Five servers and nothing to do
teaches: Nothing; it is measured.
ensemble: {voters: 5}
end: 1h
`);

/** The smallest run that is one: three servers from a cold start to four committed writes. */
export const SHORT = scenario(`
title: Three servers, from a cold start to four committed writes
teaches: Nothing; it is measured.
ensemble: {voters: 3}
service: register
processes: {startup: [100ms, 200ms]}
clients:
  - {name: client, server: 1, from: 1500ms, operations: 4, think: 1ms, mix: {write: 100, read: 0, sync: 0}}
end: 2s
`);

/** An hour of modest work, for the memory it takes: numbers under keys, or a tree of some dozen nodes. */
export const HOUR = hourOf('register');
export const TREE_HOUR = hourOf('zookeeper');

function hourOf(service: string): Scenario {
  return scenario(`
title: Five servers, an hour of work
teaches: Nothing; it is measured.
ensemble: {voters: 5}
service: ${service}
zooCfg: {snapCount: 10000}
clients:
${clients([1, 2, 3, 4], 'think: [50ms, 150ms], mix: {write: 50, read: 48, sync: 2}')}
end: 1h
`);
}

/** One client that never has enough at each of these servers. */
function clients(servers: readonly number[], work: string): string {
  const lines = servers.map(
    (server, i) => `  - {name: c${i}, server: ${server}, from: 2s, operations: 1000000, ${work}}`,
  );
  return lines.join('\n');
}

function scenario(text: string): Scenario {
  const parsed = parseScenario(text, 'bench/cases.ts');
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(formatMistake).join('\n'));
  return parsed.scenario;
}
