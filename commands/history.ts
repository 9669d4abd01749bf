import { ClientHistory, clientNumber, historyLines } from '../report/client-history.ts';
import { count, printable, seconds } from '../report/text.ts';
import { advance, beginRun } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import { chooseScenario, chooseSeed } from './choose.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import type { Terminal } from './terminal.ts';
import { timeOption } from './time-option.ts';

export interface HistoryOptions {
  readonly seed: string;
  readonly client?: string;
  readonly from?: string;
  readonly until?: string;
  readonly release?: string;
  readonly json?: true;
}

/** `zabsim history`: what one client of a run lived through. It judges nothing. */
export function history(nameOrPath: string, options: HistoryOptions, terminal: Terminal): ExitCode {
  const scenario = chooseScenario(nameOrPath, options.release);
  const seed = chooseSeed(options.seed);
  const from = timeOption('--from', options.from) ?? 0;
  const until = timeOption('--until', options.until) ?? scenario.endAt;
  if (from > until)
    throw new UsageError([
      options.until === undefined
        ? `--from: the run ends at ${seconds(scenario.endAt)}, before that`
        : '--from must not be after --until',
    ]);
  const client = clientOf(scenario, options.client);
  const gathered = new ClientHistory(client, scenario.clients[client - 1]?.chroot);
  const run = beginRun(scenario, seed, { properties: [], keep: (event) => gathered.observe(event), hash: false });
  advance(run, Math.min(until, scenario.endAt));
  const rows = gathered.rows.filter(({ at }) => at >= from);
  const { name } = scenario.clients[client - 1]!;
  if (options.json === true) {
    const { name: played, release } = scenario;
    terminal.print(JSON.stringify({ scenario: played, seed, release, client, name, from, until, rows }, null, 2));
    return EXIT.asExpected;
  }
  const calls = rows.filter(({ kind }) => kind === 'call').length;
  terminal.print(`client ${name} of ${scenario.name}, seed ${seed}: ${count(calls, 'call')}`);
  if (rows.length > 0) terminal.print(...historyLines(rows, terminal.paint));
  return EXIT.asExpected;
}

function clientOf(scenario: Scenario, text: string | undefined): number {
  const names = scenario.clients.map(({ name }) => name);
  if (names.length === 0) throw new UsageError([`${scenario.name} has no client`]);
  const found = text === undefined ? 1 : clientNumber(scenario, text);
  if (found !== null) return found;
  throw new UsageError([`--client: there is no client "${printable(text ?? '', 40)}"; there are ${names.join(', ')}`]);
}
