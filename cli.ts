#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { EXIT, type ExitCode, OwnFault, UsageError } from './commands/exit.ts';
import { addPageCommands } from './commands/page-commands.ts';
import { addSearchCommands } from './commands/search-commands.ts';
import { openTerminal, type Terminal } from './commands/terminal.ts';
import { VERSION } from './report/version.ts';

/** The command line: what can be asked. What is done stands in commands/, read only when it is asked for. */
function commandLine(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('zabsim')
    .description('A deterministic simulator of an Apache ZooKeeper ensemble running ZAB.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--no-color', 'no colours; NO_COLOR and FORCE_COLOR are obeyed too')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureHelp({ helpWidth: 80, minWidthToWrap: 20, showGlobalOptions: true })
    .configureOutput({ writeErr: (text) => terminal.complain(text.trimEnd()) })
    .showHelpAfterError('zabsim help shows what there is.')
    .exitOverride();

  program
    .command('run')
    .summary('play a scenario and tell the story')
    .description(
      'Plays a scenario under a seed, tells what happens, and judges it. ' +
        'The same scenario and seed give the same run, always.',
    )
    .argument('<scenario|file>', 'a name from "zabsim list scenarios", or a YAML file')
    .option('-s, --seed <seed>', 'a number, a hexadecimal number, a word or a git hash', '1')
    .option('-r, --release <name>', 'behave as this release instead of the one in the scenario')
    .addOption(new Option('-b, --bug <name>', 'behave as "corrected" with this bug: 4643').conflicts('release'))
    .option('-t, --trace <file>', 'write every event to this file, as NDJSON')
    .addOption(
      new Option('--diagram', 'draw a space-time diagram instead').conflicts(['json', 'quiet', 'verbose', 'timeline']),
    )
    .addOption(
      new Option('--timeline', "a line per change of a server's state").conflicts(['json', 'quiet', 'verbose']),
    )
    .option('--from <time>', 'begin diagram or timeline at this virtual time')
    .option('--until <time>', 'and end it there')
    .option('--ascii', 'draw the diagram with plain letters')
    .addOption(new Option('--json', 'print one JSON object and nothing else').conflicts(['quiet', 'verbose']))
    .addOption(new Option('-q, --quiet', 'print the verdict only').conflicts('verbose'))
    .option('-v, --verbose', 'print every packet, vote and disk write too')
    .option('--clients', 'print what clients are told, their sessions and watches too')
    .option('-p, --property <file...>', 'judge it by the properties of these modules too')
    .addOption(emitOption())
    .action(async (name: string, { bug, ...rest }: import('./commands/run.ts').RunOptions & { bug?: string }) => {
      const options =
        bug === undefined ? rest : { ...rest, release: (await import('./commands/choose.ts')).chooseBug(bug) };
      done(await (await import('./commands/run.ts')).run(name, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim run old-leader-pauses-and-is-fenced', 'the story of npm start'],
        ['zabsim run sync-trunc --seed 0x2a --verbose', 'with every packet'],
        ['zabsim run tree-under-chaos --clients', 'with clients, sessions and watches'],
        ['zabsim run my.yaml --release 3.8.0 --trace run.ndjson', 'as that release, kept'],
        ['zabsim run chaos-of-five --seed $(git rev-parse HEAD) -q', 'a seed of its own per commit'],
        ['zabsim run my.yaml --property mine.js', 'with a property of your own'],
        ['zabsim run my.yaml --emit vitest > my.test.ts', 'as a test'],
      ]) +
        '\nExit codes: 0 ends as the scenario says, 1 does not, 2 bad usage or input,\n' +
        '3 not decided or an expected violation did not come, 70 a fault of zabsim,\n130 stopped by Ctrl-C.\n',
    );

  program
    .command('list')
    .summary('list scenarios, bugs, properties, releases, recipes, faults, rules')
    .description('Lists what has a name, with one sentence each.')
    .argument('[what]', 'scenarios, bugs, properties, releases, faults or rules; all without it')
    .option('--json', 'print JSON')
    .action(async (what: string | undefined, options: { json?: true }) => {
      done((await import('./commands/list.ts')).list(what, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim list', 'everything'],
        ['zabsim list scenarios', 'what can be run'],
      ]),
    );

  program
    .command('show')
    .summary('explain a scenario, bug, property, release, fault or rule')
    .description('Explains one thing that has a name, with its source.')
    .argument('<name>', 'a name from "zabsim list", or a scenario file')
    .action(async (name: string) => {
      done((await import('./commands/show.ts')).show(name, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim show sync-trunc', 'its timeline and what it expects'],
        ['zabsim show epoch-fencing', 'what must hold, and who says so'],
        ['zabsim show 3.8.0', 'where that release differs'],
        ['zabsim show lock', 'a recipe, and how it is got wrong'],
        ['zabsim show ZOOKEEPER-4643', 'a bug, and how to see it'],
      ]),
    );

  program
    .command('replay')
    .summary('play a trace or a report again and compare')
    .description(
      'Plays again what a trace of "run --trace" or a report of "run --json" holds, and compares: ' +
        'a trace event by event, a report by its hash.',
    )
    .argument('<file>', 'a trace (NDJSON), a report (JSON), or a scenario (YAML), which is played twice')
    .option('-s, --seed <seed>', 'of a scenario: the seed to play it under')
    .option('-r, --release <name>', 'of a scenario: behave as this release')
    .addOption(emitOption())
    .action(async (path: string, options: import('./commands/replay.ts').ReplayOptions) => {
      done(await (await import('./commands/replay.ts')).replay(path, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim replay run.ndjson', 'shows the first event that differs'],
        ['zabsim replay report.json', 'compares the hash'],
        ['zabsim replay regressions/x.yaml', 'twice, and with its stamp'],
      ]) + '\nExit codes: 0 equal, 4 diverged, 2 not a whole trace of this version.\n',
    );

  program
    .command('check-determinism')
    .summary('play scenarios twice and compare')
    .description('Plays each scenario twice under each seed. The trace hashes must be equal.')
    .argument('[scenario...]', 'names or files; every scenario without them')
    .option('-n, --seeds <count>', 'how many seeds', '3')
    .option('-s, --seed <seed>', 'the first of them', '1')
    .option('-r, --release <name>', 'behave as this release')
    .action(async (names: string[], options: import('./commands/check-determinism.ts').DeterminismOptions) => {
      done(await (await import('./commands/check-determinism.ts')).checkDeterminism(names, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim check-determinism', 'all of them'],
        ['zabsim check-determinism sync-diff --seeds 1000', 'one of them, thoroughly'],
      ]) + '\nExit codes: 0 all equal, 4 two runs differ.\n',
    );

  program
    .command('tree')
    .summary("print a server's znodes at a moment of a run")
    .description('Plays a scenario of the service zookeeper up to a time and prints what a server holds in memory.')
    .argument('<scenario|file>', 'a name from "zabsim list scenarios", or a YAML file')
    .option('-a, --at <time>', 'virtual time, such as 2.5s; the end of the run without it')
    .option('--server <id>', 'whose tree; the first server without it')
    .option('-s, --seed <seed>', 'the seed', '1')
    .option('-r, --release <name>', 'behave as this release')
    .option('--stat', 'all fields of each Stat, the ACL and the TTL')
    .option('--json', 'print one JSON object and nothing else')
    .action(async (name: string, options: import('./commands/tree.ts').TreeOptions) => {
      done((await import('./commands/tree.ts')).showTree(name, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim tree tree-under-chaos --at 30s --server 2', 'half-way through'],
        ['zabsim tree tree-under-chaos --stat', 'with every field of each znode'],
      ]),
    );

  program
    .command('export')
    .summary('turn a trace into the form of another tool')
    .description(
      'Turns a trace of "run --trace", or a scenario that is played for it, into a form that other tools read: ' +
        'mermaid, shiviz, perfetto, itf, tla, svg or csv.',
    )
    .argument('<trace|scenario>', 'a trace (NDJSON), or a name or file as for "run"')
    .requiredOption('-t, --to <form>', 'mermaid, shiviz, perfetto, itf, tla, svg or csv')
    .option('-o, --out <file>', 'write it there instead of printing it')
    .option('--from <time>', 'begin at this virtual time, such as 2.5s')
    .option('--until <time>', 'end at this virtual time')
    .option('--limit <count>', 'draw at most so much; each form has its own measure')
    .option('--skip <packets>', 'leave out packets of these kinds: PING,NOTIFICATION; none')
    .option('-s, --seed <seed>', 'of a scenario: the seed to play it under')
    .option('-r, --release <name>', 'of a scenario: behave as this release')
    .action(async (source: string, options: import('./commands/export.ts').ExportOptions) => {
      done(await (await import('./commands/export.ts')).exportTrace(source, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim export run.ndjson --to mermaid --until 1s', 'for a README'],
        ['zabsim export run.ndjson --to perfetto -o run.json', 'for ui.perfetto.dev'],
        ['zabsim export sync-trunc --to svg -o trunc.svg', 'without a trace file'],
      ]) + '\ndocs/EXPORT.md says what opens each of them.\n',
    );

  addPageCommands(program, { terminal, done, examples });

  program
    .command('history')
    .summary("print a client's calls and what it was told")
    .description(
      'Plays a scenario and prints one client: each call with its answer, the states of its connection, its watches.',
    )
    .argument('<scenario|file>', 'a name from "zabsim list scenarios", or a YAML file')
    .option('-c, --client <name>', 'whose history, by name or number; the first client without it')
    .option('--from <time>', 'from this virtual time on, such as 2.5s')
    .option('--until <time>', 'until this virtual time')
    .option('-s, --seed <seed>', 'the seed', '1')
    .option('-r, --release <name>', 'behave as this release')
    .option('--json', 'print one JSON object and nothing else')
    .action(async (name: string, options: import('./commands/history.ts').HistoryOptions) => {
      done((await import('./commands/history.ts')).history(name, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim history tree-under-chaos -c b --until 20s', 'what client b lived through'],
        ['zabsim history one-link-cut --json', 'for a program'],
      ]),
    );

  addSearchCommands(program, { terminal, done, examples });

  return program.addHelpText(
    'after',
    examples([
      ['zabsim run old-leader-pauses-and-is-fenced', 'watch an old leader being fenced'],
      ['zabsim list scenarios', 'see what else can be run'],
      ['zabsim fuzz --bug 4643', 'watch a known bug being found'],
      ['zabsim help run', 'see how'],
    ]),
  );
}

function emitOption(): Option {
  return new Option('--emit <form>', 'print a test instead of playing it').choices(['vitest']).conflicts('json');
}

function examples(lines: readonly (readonly [line: string, about: string])[]): string {
  const shown = lines.map(([line, about]) =>
    line.length <= 44 && about.length <= 32 ? `  ${line.padEnd(44)}  ${about}` : `  ${line}\n${' '.repeat(46)}${about}`,
  );
  return `\nExamples:\n${shown.join('\n')}\n`;
}

/** The last words for whatever was thrown, and the exit code that goes with it. */
async function apologize(error: unknown, terminal: Terminal): Promise<ExitCode> {
  const paint = terminal.paintErrors;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.asExpected : EXIT.usage;
  if (error instanceof UsageError) {
    const [first = '', ...rest] = error.lines;
    if (error.located) terminal.complain(...error.lines);
    else terminal.complain(`${paint.bad('error:')} ${first}`, ...rest.map((line) => `       ${line}`));
    return EXIT.usage;
  }
  const { ownFaultLines } = await import('./commands/own-fault.ts');
  terminal.complain(...ownFaultLines(error instanceof OwnFault ? error : undefined, error, paint));
  return EXIT.ours;
}

async function main(): Promise<void> {
  const terminal = openTerminal(process.argv.slice(2), process.env);
  // A reader that has seen enough (a pager, head) closes the pipe.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : EXIT.usage));
  let code: ExitCode = EXIT.usage;
  try {
    await commandLine(terminal, (ended) => {
      code = ended;
    }).parseAsync(process.argv);
  } catch (error) {
    code = await apologize(error, terminal);
  }
  process.exitCode = code;
}

await main();
