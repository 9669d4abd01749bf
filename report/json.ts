import type { Report, ServerRow } from '../sim/run.ts';
import { zxidText } from './text.ts';
import { VERSION } from './version.ts';

export interface JsonExtras {
  /** The file the scenario came from, when it was not asked for by name. */
  readonly file: string | null;
  readonly wallMs: number;
  /** The run was stopped from outside before its end. */
  readonly interrupted: boolean;
}

/** What `run --json` prints, whole. Times named `at` are virtual microseconds, zxids are hexadecimal strings. */
export type JsonReport = ReturnType<typeof jsonReport>;

/** A report for programs. Its keys are an interface: they may be added to, never renamed. */
export function jsonReport(report: Report, extras: JsonExtras) {
  return {
    zabsim: VERSION,
    scenario: report.scenario,
    scenarioFile: extras.file,
    seed: report.seed,
    release: report.release,
    verdict: report.verdict,
    asExpected: report.asExpected,
    unexpected: report.unexpected,
    interrupted: extras.interrupted,
    violations: report.violations.map(({ property, event, at, why }) => ({ property, event, at, why })),
    traceHash: report.traceHash,
    events: report.events,
    traceEvents: report.traceEvents,
    virtualMs: report.virtualUs / 1000,
    wallMs: Math.round(extras.wallMs * 10) / 10,
    properties: report.properties.map(({ name, premises, excused }) => ({ name, premises, excused })),
    faults: report.faults.map(({ fault, asked, landed }) => ({ fault, asked, landed })),
    servers: report.servers.map(jsonServer),
    elections: report.elections.map((election) => ({ ...election, zxid: zxidText(election.zxid) })),
    syncs: report.syncs.map((sync) => ({ ...sync, zxid: zxidText(sync.zxid) })),
    commits: report.commits,
    calls: report.calls,
  };
}

function jsonServer(row: ServerRow) {
  return {
    id: row.id,
    role: roleOf(row),
    kind: row.role,
    up: row.up,
    paused: row.paused,
    state: row.state,
    phase: row.phase,
    mode: row.mode,
    acceptedEpoch: row.acceptedEpoch,
    currentEpoch: row.currentEpoch,
    lastZxid: zxidText(row.lastZxid),
    lastLoggedZxid: row.lastLoggedZxid === null ? null : zxidText(row.lastLoggedZxid),
    logLength: row.logLength,
    files: row.files,
    stateHash: row.stateHash,
  };
}

/** One word for what a server is: `leader`, `follower`, `observer`, `looking` or `down`. */
export function roleOf(row: ServerRow): 'leader' | 'follower' | 'observer' | 'looking' | 'down' {
  switch (row.state) {
    case 'LEADING':
      return 'leader';
    case 'FOLLOWING':
      return 'follower';
    case 'OBSERVING':
      return 'observer';
    case 'LOOKING':
      return 'looking';
    case 'DOWN':
      return 'down';
  }
}
