import { Diagram } from '../report/diagram.ts';
import { WIDTH, wrap } from '../report/text.ts';
import { Timeline, TIMELINE_HEAD } from '../report/timeline.ts';
import type { Report } from '../sim/run.ts';
import type { Scenario } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { UsageError } from './exit.ts';
import type { RunOptions } from './run.ts';
import type { Terminal } from './terminal.ts';
import { timeOption } from './time-option.ts';

/** What is shown instead of the story. */
export interface Picture {
  observe(event: TraceEvent): void;
  end(report: Report): void;
}

/** Refuses options that mean nothing without a picture, before anything is played. */
export function checkPicture({ diagram, timeline, ascii, from, until }: RunOptions): void {
  if (ascii === true && diagram !== true) throw new UsageError(['--ascii is for --diagram']);
  if ((from ?? until) !== undefined && diagram !== true && timeline !== true)
    throw new UsageError(['--from and --until are for --diagram and --timeline']);
}

/** The picture that was asked for, or null. */
export function pictureOf(scenario: Scenario, options: RunOptions, terminal: Terminal): Picture | null {
  const from = timeOption('--from', options.from) ?? 0;
  const until = timeOption('--until', options.until) ?? Infinity;
  if (until < from) throw new UsageError(['--until comes before --from']);
  const { paint } = terminal;
  if (options.timeline === true) return timelineOn(new Timeline(scenario, paint), { from, until }, terminal);
  if (options.diagram !== true) return null;
  const width = process.stdout.isTTY ? (process.stdout.columns ?? WIDTH) : WIDTH;
  const diagram = new Diagram({ scenario, paint, width, ascii: options.ascii === true, from, until });
  return {
    observe: (event) => diagram.observe(event),
    end: (report) => terminal.print(...diagram.lines(), ...endLines(report)),
  };
}

function timelineOn(
  timeline: Timeline,
  { from, until }: { readonly from: Micros; readonly until: Micros },
  terminal: Terminal,
): Picture {
  terminal.print(TIMELINE_HEAD);
  return {
    observe: (event) => {
      const line = timeline.observe(event);
      if (line !== null && event.at >= from && event.at <= until) terminal.print(line);
    },
    end: (report) => terminal.print(...endLines(report)),
  };
}

/** How the run ended, without wall time: two runs that are equal print the same. */
function endLines(report: Report): string[] {
  const why = report.violations.flatMap(({ property, why }) => wrap(`${property}: ${why}`, '  ', 4));
  const differs = report.unexpected.flatMap((each) => wrap(each, '  - '));
  const { scenario, seed, verdict, traceHash } = report;
  return [...wrap(`${verdict}  ${scenario}, seed ${seed}, trace hash ${traceHash}`), ...why, ...differs];
}
