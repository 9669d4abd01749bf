import { expect, test } from 'vitest';
import { drive } from '../../commands/drive.ts';
import { OwnFault, UsageError } from '../../commands/exit.ts';
import { ownFaultLines } from '../../commands/own-fault.ts';
import { PLAIN } from '../../report/paint.ts';
import { SimulatorBug } from '../../sim/assert.ts';
import { scenario } from './fixture.ts';

async function thrown(error: Error, at: number): Promise<unknown> {
  try {
    await drive(scenario(), '42', {
      watch: (_, index) => {
        if (index === at) throw error;
      },
    });
  } catch (caught) {
    return caught;
  }
  return undefined;
}

test('a fault of our own carries scenario, seed, event and the last twenty events', async () => {
  const fault = await thrown(new SimulatorBug('a queue is never empty'), 50);
  if (!(fault instanceof OwnFault)) throw new Error('an OwnFault was expected');
  expect(fault).toMatchObject({ scenario: 'three', seed: '42', event: 51 });
  expect(fault.recent).toHaveLength(20);
  expect(fault.recent.at(-1)?.index).toBe(50);
  const text = ownFaultLines(fault, fault, PLAIN).join('\n');
  expect(text).toMatch(/^This is a fault of zabsim itself/);
  expect(text).toContain('scenario three, seed 42, at event 51');
  expect(text).toContain('#50');
  expect(text).toContain('zabsim run three --seed 42');
  expect(text).toContain('SimulatorBug: a queue is never empty');
});

test('a mistake of the user is not taken for a fault of our own', async () => {
  expect(await thrown(new UsageError(['the disk is full']), 3)).toBeInstanceOf(UsageError);
});
