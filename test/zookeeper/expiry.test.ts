// A session never expires before its timeout, also where that is no whole number of ticks.
import { expect, test } from 'vitest';
import { MS, SECOND } from '../../sim/time.ts';
import { at, client, Lab, scenarioOf, startAll, write } from '../world/ensemble.ts';

test.each([0, 70, 140, 210, 280, 350])('a client that ends %i ms later is given all of its timeout', (later) => {
  const lab = new Lab(
    scenarioOf({
      service: 'zookeeper',
      settings: { tickTime: 400, minSessionTimeout: 800, maxSessionTimeout: 8000 },
      timeline: [
        startAll(),
        at(3 * SECOND, write('c', 'x', 1)),
        at(5 * SECOND + later * MS, { kind: 'killClient', client: 'c' }),
      ],
      clients: [client('c', { server: 3, sessionTimeoutMs: 1000 })],
    }),
  ).until(10 * SECOND);
  const [expired] = lab.of('sessionExpired');
  const heard = lab
    .of('received')
    .filter(({ server, plane, at: time }) => server === expired!.server && plane === 'client' && time < expired!.at);
  const silence = expired!.at - heard.at(-1)!.at;
  expect(silence).toBeGreaterThanOrEqual(1000 * MS);
  expect(silence).toBeLessThan((1000 + 2 * 400) * MS);
});
