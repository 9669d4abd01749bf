import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { thousands, wrap } from '../report/text.ts';
import type { TraceFooter, TraceHeader } from '../report/trace-version.ts';
import { VERSION } from '../report/version.ts';
import { WholeFile } from '../report/whole-file.ts';
import type { Scenario } from '../sim/scenario.ts';
import { TRACE_VERSION } from '../sim/trace.ts';
import { chooseBehaviour, chooseScenario, chooseSeed } from './choose.ts';
import { drive } from './drive.ts';
import { EXIT, type ExitCode, fileTrouble, UsageError } from './exit.ts';
import { VIEWER } from './paths.ts';
import { readRecorded } from './replay.ts';
import type { Terminal } from './terminal.ts';

export interface ReportOptions {
  readonly html: string;
  readonly seed?: string;
  readonly release?: string;
  readonly bug?: string;
}

/** `zabsim report`: the page with a trace inside, as one file that needs no server and no network. */
export async function reportHtml(nameOrPath: string, options: ReportOptions, terminal: Terminal): Promise<ExitCode> {
  const { title, trace } = await read(nameOrPath, options, terminal);
  const html = onePage(title, trace);
  try {
    const file = new WholeFile(options.html);
    file.write(html);
    file.finish();
  } catch (error) {
    const trouble = fileTrouble(error);
    if (trouble === undefined) throw error;
    throw new UsageError([`--html ${options.html}: ${trouble}`]);
  }
  const size = thousands(Math.ceil(Buffer.byteLength(html) / 1000));
  terminal.complain(...wrap(`${options.html}: ${size} kB. Open it in a browser; it needs nothing else.`));
  return EXIT.asExpected;
}

interface Traced {
  readonly title: string;
  /** NDJSON. */
  readonly trace: Buffer;
}

async function read(nameOrPath: string, options: ReportOptions, terminal: Terminal): Promise<Traced> {
  if (/\.ya?ml$/i.test(nameOrPath) || !existsSync(nameOrPath)) {
    const release = chooseBehaviour(options);
    return await played(chooseScenario(nameOrPath, release), chooseSeed(options.seed ?? '1'), terminal);
  }
  if (options.seed !== undefined || options.release !== undefined || options.bug !== undefined)
    throw new UsageError(['--seed, --release and --bug are for scenarios: a trace or a report names its own']);
  const recorded = await readRecorded(nameOrPath);
  if (recorded.events === null) return await played(recorded.scenario, recorded.seed, terminal);
  return { title: recorded.scenario.title, trace: readFileSync(nameOrPath) };
}

/** The trace of a run that is played for it. */
async function played(scenario: Scenario, seed: string, terminal: Terminal): Promise<Traced> {
  const header: TraceHeader = {
    zabsim: VERSION,
    traceVersion: TRACE_VERSION,
    scenario,
    seed,
    release: scenario.release,
  };
  const lines = [JSON.stringify(header)];
  const { report } = await drive(scenario, seed, {
    watch: (event) => lines.push(JSON.stringify(event)),
    progress: (text) => terminal.progress(text),
  });
  const footer: TraceFooter = { events: report.traceEvents, traceHash: report.traceHash };
  lines.push(JSON.stringify(footer));
  return { title: scenario.title, trace: Buffer.from(`${lines.join('\n')}\n`) };
}

/** One self-contained page. Its policy names its script and its style by their hashes, and allows nothing else. */
export function onePage(title: string, trace: Uint8Array): string {
  const script = asset('one-file.js');
  const style = asset('main.css');
  const library = asset('library.json').replaceAll('<', '\\u003c');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // Letters of base64url alone: nothing in it can end its block.
  const inside = deflateRawSync(trace, { level: 9 }).toString('base64url');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8" />',
    `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    `<title>zabsim: ${escaped(title)}</title>`,
    '<link rel="icon" href="data:," />',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"></div>',
    '<noscript>This page runs the simulator in the browser: it needs JavaScript.</noscript>',
    `<script type="application/json" id="zabsim-library">${library}</script>`,
    `<script type="application/octet-stream" id="zabsim-trace">${inside}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function asset(name: string): string {
  let text: string;
  try {
    text = readFileSync(join(VIEWER, name), 'utf8');
  } catch (error) {
    if (fileTrouble(error) === undefined) throw error;
    throw new UsageError(['the page has not been built', 'npm run build builds it, into dist/viewer']);
  }
  return text
    .trim()
    .replaceAll(/<\/(script|style)/gi, '<\\/$1')
    .replaceAll('<!--', '<\\!--');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
