import { isMap, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { USUAL_SERVICE } from '../sim/defaults.ts';
import type { Scenario } from '../sim/scenario.ts';
import { buildScenario, DEFAULT_CLIENT } from './build.ts';
import { checkDraft, type PlacedStep } from './check.ts';
import { resolveEnsemble } from './ensemble.ts';
import { clip, found, messageOf } from './messages.ts';
import { type Path, type Position, Positions } from './positions.ts';
import { client as clientSchema, scenarioFile, type ScenarioFile } from './schema.ts';
import { ACTION_NAMES, ACTIONS, type StepFields } from './steps.ts';
import { didYouMean } from './suggest.ts';

/** One thing that is wrong with a file, and where: lines and columns from 1. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Parsed = { readonly scenario: Scenario } | { readonly mistakes: readonly Mistake[] };

/** A scenario longer than this is refused unread. */
const MAX_BYTES = 1024 * 1024;

/** Reads a scenario. Bad input of any kind yields its mistakes, all of them, in the order of the text; it never throws.
 *  `file` is named in mistakes; without folders and ending it names the scenario. */
export function parseScenario(source: string | Uint8Array, file: string): Parsed {
  const reader = new Reader(file);
  const scenario = reader.read(source);
  if (scenario !== undefined && reader.mistakes.length === 0) return { scenario };
  return { mistakes: reader.sorted() };
}

/** `file:line:column: message`, as compilers write it and editors understand it. */
export function formatMistake({ file, line, column, message }: Mistake): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Collects mistakes while it reads one file. */
class Reader {
  readonly mistakes: Mistake[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  sorted(): Mistake[] {
    const seen = new Set<string>();
    return this.mistakes
      .filter((mistake) => !seen.has(formatMistake(mistake)) && seen.add(formatMistake(mistake)))
      .sort((a, b) => a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : 1));
  }

  read(source: string | Uint8Array): Scenario | undefined {
    const text = this.#decode(source);
    if (text === undefined) return undefined;
    const lines = new LineCounter();
    let document;
    try {
      document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
    } catch (error) {
      // The YAML composer is recursive.
      if (!(error instanceof RangeError)) throw error;
      this.#mistake({ line: 1, column: 1 }, 'nested too deep');
      return undefined;
    }
    const positions = new Positions(document, lines);
    const problems = [...document.errors, ...document.warnings];
    // The composer catches the exhaustion of its own stack, then stumbles over every bracket that is left.
    const exhausted = problems.find((problem) => problem.message.startsWith('Maximum call stack'));
    if (exhausted !== undefined) this.#mistake(positions.at(exhausted.pos[0]), 'nested too deep');
    else for (const problem of problems) this.#mistake(positions.at(problem.pos[0]), firstLine(problem.message));
    if (this.mistakes.length > 0) return undefined;
    const excess = positions.excess();
    if (excess !== undefined) {
      this.#mistake(excess.at, excess.why);
      return undefined;
    }
    if (!isMap(document.contents)) {
      this.#mistake(
        { line: 1, column: 1 },
        'a scenario is a map with the keys title, teaches, ensemble, timeline, end, ...',
      );
      return undefined;
    }
    // Aliases were counted above, by what they expand to.
    return new FileReader(document.toJS({ maxAliasCount: -1 }), (path, message, key = false) => {
      this.#mistake(positions.of(path, key), path.length === 0 ? message : `${formatPath(path)}: ${message}`);
    }).read(nameOf(this.#file));
  }

  #decode(source: string | Uint8Array): string | undefined {
    const size = typeof source === 'string' ? source.length : source.byteLength;
    if (size > MAX_BYTES) {
      this.#mistake({ line: 1, column: 1 }, `a scenario has at most ${MAX_BYTES} bytes, this file has ${size}`);
      return undefined;
    }
    if (typeof source === 'string') return source;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(source);
    } catch {
      const text = new TextDecoder('utf-8').decode(source);
      const before = text.slice(0, text.indexOf('\ufffd')).split('\n');
      this.#mistake({ line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }, 'not UTF-8');
      return undefined;
    }
  }

  #mistake({ line, column }: Position, message: string): void {
    this.mistakes.push({ file: this.#file, line, column, message });
  }
}

/** Reads the sections one by one, so that a mistake in one hides none in another. */
class FileReader {
  readonly #raw: Record<string, unknown>;
  readonly #report: (path: Path, message: string, key?: boolean) => void;
  #sound = true;

  constructor(raw: Record<string, unknown>, report: (path: Path, message: string, key?: boolean) => void) {
    this.#raw = raw;
    this.#report = (path, message, key) => {
      this.#sound = false;
      report(path, message, key);
    };
  }

  read(name: string): Scenario | undefined {
    const { shape } = scenarioFile;
    const known = Object.keys(shape);
    for (const key of Object.keys(this.#raw))
      if (!known.includes(key)) this.#report([key], `unknown key${didYouMean(key, known)}`, true);
    const steps = this.#steps();
    const clients = this.#list('clients', clientSchema);
    const fields = {
      title: this.#section('title', shape.title),
      teaches: this.#section('teaches', shape.teaches),
      ensemble: this.#section('ensemble', shape.ensemble),
      zooCfg: this.#section('zooCfg', shape.zooCfg),
      release: this.#section('release', shape.release),
      service: this.#section('service', shape.service),
      bug: this.#section('bug', shape.bug),
      network: this.#section('network', shape.network),
      disk: this.#section('disk', shape.disk),
      processes: this.#section('processes', shape.processes),
      clocks: this.#section('clocks', shape.clocks),
      clients: this.#raw['clients'] === undefined ? undefined : clients.items,
      timeline: steps.map(({ step }) => step),
      calm: this.#section('calm', shape.calm),
      end: this.#section('end', shape.end),
      beyondBudget: this.#section('beyondBudget', shape.beyondBudget),
      schedule: this.#section('schedule', shape.schedule),
      expect: this.#section('expect', shape.expect),
    };
    const ensemble = fields.ensemble === undefined ? undefined : resolveEnsemble(fields.ensemble, this.#report);
    checkDraft(
      {
        fields: defined(fields),
        steps,
        labels: this.#labels(),
        ensemble,
        service: this.#raw['service'] === undefined ? USUAL_SERVICE : fields.service,
        clients: !clients.sound ? undefined : (fields.clients?.map((client) => client.name) ?? [DEFAULT_CLIENT]),
      },
      this.#report,
    );
    if (!this.#sound || ensemble === undefined) return undefined;
    const { title, teaches, ensemble: ensembleFields, end } = fields;
    if (title === undefined || teaches === undefined || ensembleFields === undefined || end === undefined)
      return undefined;
    return buildScenario(name, { ...fields, title, teaches, ensemble: ensembleFields, end }, ensemble);
  }

  #section<T>(key: string, schema: z.ZodType<T>): T | undefined {
    return this.#value([key], this.#raw[key], schema);
  }

  #value<T>(path: Path, value: unknown, schema: z.ZodType<T>): T | undefined {
    const result = schema.safeParse(value, { error: messageOf });
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const at = [...path, ...issue.path];
      if (issue.code !== 'unrecognized_keys') this.#report(at, issue.message, issue.code === 'invalid_key');
      else
        for (const [index, message] of issue.message.split('\n').entries())
          this.#report([...at, issue.keys[index] ?? ''], message, true);
    }
    return undefined;
  }

  #list<T>(key: string, schema: z.ZodType<T>): { items: T[]; sound: boolean } {
    const raw = this.#raw[key];
    if (raw === undefined) return { items: [], sound: true };
    if (!Array.isArray(raw)) {
      this.#report([key], `expected a list, found ${found(raw)}`);
      return { items: [], sound: false };
    }
    const items = raw.map((item: unknown, index) => this.#value([key, index], item, schema));
    const good = items.filter((item) => item !== undefined);
    return { items: good, sound: good.length === items.length };
  }

  /** Every step by the form of its own action: an unknown `do` is one mistake, not one for each action there is. */
  #steps(): PlacedStep[] {
    const raw = this.#raw['timeline'];
    if (raw === undefined) return [];
    if (!Array.isArray(raw)) {
      this.#report(['timeline'], `expected a list of steps, found ${found(raw)}`);
      return [];
    }
    return raw.flatMap((item: unknown, index): PlacedStep[] => {
      const path = ['timeline', index];
      if (typeof item !== 'object' || item === null || Array.isArray(item)) {
        this.#report(path, `expected a step such as {at: 3s, do: pause, server: leader}, found ${found(item)}`);
        return [];
      }
      const action: unknown = 'do' in item ? item.do : undefined;
      const name = ACTION_NAMES.find((known) => known === action);
      if (name === undefined) {
        const guess = typeof action === 'string' ? didYouMean(action, ACTION_NAMES) : '';
        if (action === undefined) this.#report(path, 'a step needs do: what is done');
        else
          this.#report(
            [...path, 'do'],
            `unknown action ${found(action)}${guess === '' ? `; expected one of ${ACTION_NAMES.join(', ')}` : guess}`,
          );
        return [];
      }
      const schema: z.ZodType<StepFields> = ACTIONS[name];
      const step = this.#value(path, item, schema);
      return step === undefined ? [] : [{ index, step }];
    });
  }

  /** Labels as written, also those of steps with mistakes: `after` may name them. */
  #labels(): (string | undefined)[] {
    const raw = this.#raw['timeline'];
    if (!Array.isArray(raw)) return [];
    return raw.map((item: unknown) => {
      const label: unknown = typeof item === 'object' && item !== null && 'label' in item ? item.label : undefined;
      return typeof label === 'string' ? label : undefined;
    });
  }
}

function defined(fields: { [K in keyof ScenarioFile]: ScenarioFile[K] | undefined }): Partial<ScenarioFile> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** `timeline[2].server`, counted from 0 as in JSON paths. */
function formatPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${clip(String(step))}`))
    .join('');
}

function nameOf(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/i, '');
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 200);
}
