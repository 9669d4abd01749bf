import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { resolve } from 'node:path';
import { readStamp } from '../report/stamp.ts';
import { wrap } from '../report/text.ts';
import { findScenario, loadScenario } from '../scenarios/load.ts';
import { writeScenario } from '../scenarios/write.ts';
import type { Scenario } from '../sim/scenario.ts';
import { encodeLink, type Link } from '../viewer/share.ts';
import { chooseBehaviour, chooseScenario, chooseSeed } from './choose.ts';
import { EXIT, type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { createPageServer } from './page-server.ts';
import { SCENARIOS, VIEWER } from './paths.ts';
import { readRecorded } from './replay.ts';
import type { Terminal } from './terminal.ts';

export interface ViewOptions {
  readonly port?: string;
  readonly seed?: string;
  readonly release?: string;
  readonly bug?: string;
  /** Show it in the browser. */
  readonly open?: true;
}

/** Where the page is served unless somebody else is there. */
const USUAL_PORT = 7181;

/** `zabsim view`: serves the page on loopback until Ctrl-C. */
export async function view(
  nameOrPath: string | undefined,
  options: ViewOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { fragment, trace } = await whatToOpen(nameOrPath, options);
  const server = await serve(trace, options.port);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}/${fragment === '' ? '' : `#${fragment}`}`;
  terminal.print(url);
  terminal.complain(...wrap('Open this in a browser. It is served on this machine alone. Ctrl-C ends it.'));
  if (options.open === true) openBrowser(url, terminal);
  await new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
  server.close();
  server.closeAllConnections();
  return EXIT.asExpected;
}

/** How epochs fence an old leader: what somebody sees who asks for nothing. */
const FLAGSHIP = 7;

/** What stands behind the `#` of the address, and the trace that the page fetches, if it is one. */
export async function whatToOpen(
  nameOrPath: string | undefined,
  options: ViewOptions,
): Promise<{ readonly fragment: string; readonly trace: string | null }> {
  if (nameOrPath === undefined) {
    if (options.seed === undefined && options.release === undefined && options.bug === undefined)
      return { fragment: `lesson=${FLAGSHIP}`, trace: null };
    return whatToOpen('old-leader-pauses-and-is-fenced', options);
  }
  if (/\.ya?ml$/i.test(nameOrPath) || !existsSync(nameOrPath))
    return { fragment: await scenarioLink(nameOrPath, options), trace: null };
  if (options.seed !== undefined || options.release !== undefined || options.bug !== undefined)
    throw new UsageError(['--seed, --release and --bug are for scenarios: a trace or a report names its own']);
  const { scenario, seed, traceHash: hash, traced, events } = await readRecorded(nameOrPath);
  if (events !== null) return { fragment: 'trace=opened', trace: resolve(nameOrPath) };
  const promised = traced === null ? null : { traced, hash };
  return {
    fragment: await encodeLink({ source: planOf(scenario), seed, position: 'violation', promised }),
    trace: null,
  };
}

async function scenarioLink(nameOrPath: string, options: ViewOptions): Promise<string> {
  const release = chooseBehaviour(options);
  const scenario = chooseScenario(nameOrPath);
  const file = findScenario(nameOrPath, SCENARIOS);
  const stamp = file === undefined ? null : readStamp(readFileSync(file, 'utf8'));
  const seed = chooseSeed(options.seed ?? stamp?.seed ?? '1');
  const source = planOf(release === undefined ? scenario : { ...scenario, release });
  return await encodeLink({ source, seed, position: null, promised: null });
}

/** By name if it is built in, as a plan if it is a file of somebody's. */
function planOf(scenario: Scenario): Link['source'] {
  const known = loadScenario(scenario.name, SCENARIOS);
  const same = (other: Scenario): boolean =>
    JSON.stringify({ ...other, release: '' }) === JSON.stringify({ ...scenario, release: '' });
  if ('scenario' in known && same(known.scenario)) {
    const release = known.scenario.release === scenario.release ? null : scenario.release;
    return { kind: 'scenario', name: scenario.name, release };
  }
  return { kind: 'plan', name: scenario.name, yaml: writeScenario(scenario), hands: 0 };
}

async function serve(trace: string | null, asked: string | undefined): Promise<Server> {
  if (asked !== undefined && !/^\d{1,5}$/.test(asked)) throw new UsageError(['--port: a whole number up to 65535']);
  const port = Number(asked ?? USUAL_PORT);
  if (port > 65_535) throw new UsageError(['--port: a whole number up to 65535']);
  try {
    return await listening(createServer(trace), port);
  } catch (error) {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (busy && asked === undefined) return await listening(createServer(trace), 0);
    const trouble = fileTrouble(error);
    if (trouble === undefined) throw error;
    throw new UsageError([`--port ${port}: ${trouble}`]);
  }
}

function createServer(trace: string | null): Server {
  try {
    return createPageServer({ folder: VIEWER, trace });
  } catch (error) {
    if (fileTrouble(error) === undefined) throw error;
    throw new UsageError(['the page has not been built', 'npm run build builds it, into dist/viewer']);
  }
}

function listening(server: Server, port: number): Promise<Server> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => done(server));
  });
}

/** Where there is no browser, the address on the terminal is enough. */
function openBrowser(url: string, terminal: Terminal): void {
  const [command, ...args]: readonly string[] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true });
  child.on('error', () => terminal.complain('no browser could be started'));
  child.unref();
}
