import { type Command, Option } from 'commander';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

type Examples = (lines: readonly (readonly [line: string, about: string])[]) => string;

/** The commands that search: what can be asked of them. What they do is read only when it is asked for. */
export function addSearchCommands(
  program: Command,
  {
    terminal,
    done,
    examples,
  }: {
    readonly terminal: Terminal;
    readonly done: (code: ExitCode) => void;
    readonly examples: Examples;
  },
): void {
  program
    .command('fuzz')
    .summary('play random plans, shrink what fails')
    .description(
      'Plays random plans: ensembles, settings, workloads and faults, each judged by every property. ' +
        'What fails is shrunk to a scenario file. Run k of a seed is the same run on every machine.',
    )
    .option('-n, --runs <count>', 'how many runs; 10000 if nothing else ends it')
    .addOption(new Option('--time <duration>', 'for how long: 60s, 10m').conflicts('runs'))
    .option('-s, --seed <seed>', 'a number, a word or a git hash', '1')
    .option('--only <index>', 'only this run of the seed')
    .option('-j, --jobs <count>', 'worker threads; without it, as many as processors')
    .option('--shard <i/n>', 'play every n-th run from the i-th on, and go on after failures')
    .addOption(new Option('-r, --release <name>', 'what is searched, instead of "corrected"').conflicts('bug'))
    .option('-b, --bug <name>', '"corrected" with this bug: ZOOKEEPER-4643, or 4643')
    .option('--strategy <name>', 'how chance is used: swarm, pct or pos', 'swarm')
    .option('--until-stable <count>', 'end when so many runs in a row reached nothing new')
    .option('--keep-going', 'go on after a failure; failures that are one story are one')
    .option('-o, --out <dir>', 'write report.json and failures/ into this folder')
    .option('--json', 'print the report as one JSON object and nothing else')
    .option('--junit <file>', 'write the report as JUnit XML too')
    .option('-p, --property <file...>', 'judge by the properties of these modules too')
    .option('--fail-on-unreached', 'end with 3 if anything was never reached')
    .action(async (options: import('./fuzz-options.ts').FuzzOptions) => {
      done(await (await import('./fuzz.ts')).fuzz(options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim fuzz --time 60s', 'a minute of "corrected"'],
        ['zabsim fuzz --bug 4643', 'find a known bug'],
        ['zabsim fuzz --release 3.8.0 --keep-going -n 5000', 'all that a release shows'],
        ['zabsim fuzz -n 100000 --shard 2/8 --out shard-2', 'an eighth of a batch'],
        ['zabsim fuzz --seed $(git rev-parse HEAD) --time 5m', 'other runs for each commit'],
      ]) +
        '\nWithout --out, failures go to zabsim-failures/.\n' +
        'Exit codes: 0 nothing found, 1 a property is violated, 2 bad usage or input,\n' +
        '3 nothing was judged, or not reached, 70 a fault of zabsim, 130 stopped by\nCtrl-C, with what was known by then.\n',
    );

  program
    .command('merge')
    .summary('join the reports of shards')
    .description('Joins the reports of all shards of one batch: the result is the report of the unsharded run.')
    .argument('<report...>', 'files of "fuzz --json", or folders of "fuzz --out"')
    .option('-o, --out <dir>', 'write report.json and failures/ into this folder')
    .option('--json', 'print the report as one JSON object and nothing else')
    .option('--junit <file>', 'write the report as JUnit XML too')
    .option('--fail-on-unreached', 'end with 3 if anything was never reached')
    .action(async (paths: string[], options: import('./merge.ts').MergeOptions) => {
      done(await (await import('./merge.ts')).merge(paths, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim merge shard-1 shard-2 shard-3', 'folders'],
        ['zabsim merge one.json two.json --junit all.xml', 'files'],
      ]) + '\nExit codes: as "zabsim fuzz"; 2 when the reports do not belong together.\n',
    );

  program
    .command('matrix')
    .summary('measure how soon each known bug is found')
    .description(
      'Looks for each bug of the museum under several seeds, one thread each: runs, events and CPU time to the ' +
        'first hit, and which property spoke. "corrected" is searched as long and must stay silent.',
    )
    .option('-b, --bug <name...>', 'these bugs only')
    .option('--seeds <count>', 'seeds a bug', '10')
    .option('-s, --seed <seed>', 'the word they are made from', 'matrix')
    .option('--time <duration>', 'CPU time for each bug and seed', '60s')
    .option('-n, --runs <count>', 'runs for each bug and seed at most')
    .option('--strategy <name>', 'how chance is used: swarm, pct or pos', 'swarm')
    .option('-j, --jobs <count>', 'hunts side by side; without it, as many as processors')
    .option('--no-shrink', 'do not shrink what is found')
    .addOption(new Option('--json', 'print an array of rows and nothing else').conflicts('markdown'))
    .option('--markdown', 'print a page for docs/')
    .action(async (options: import('./matrix.ts').MatrixOptions) => {
      done(await (await import('./matrix.ts')).matrix(options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim matrix --seeds 3 --time 10s', 'a quick one'],
        ['zabsim matrix --bug 4643 4646 --json', 'two rows'],
        ['zabsim matrix --markdown > docs/MATRIX.md', 'the page'],
      ]) +
        '\nExit codes: 0 every bug is found and "corrected" is silent, 1 a bug is missed, a\n' +
        'property is caught by nothing, or a fault never lands, 2 bad usage, 70 a fault\nof zabsim, 130 stopped by Ctrl-C.\n',
    );

  program
    .command('bugs')
    .summary('list the known bugs')
    .description('Lists the museum of bugs: what ZooKeeper had, what it has, and what any checker must find.')
    .option('-r, --release <name>', 'those that this release has')
    .option('--json', 'print JSON')
    .action(async (options: import('./bugs.ts').BugsOptions) => {
      done((await import('./bugs.ts')).bugs(options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim bugs --release 3.8.0', 'what can hit that release'],
        ['zabsim show ZOOKEEPER-4643', 'one of them, explained'],
        ['zabsim run bugs/ZOOKEEPER-4643', 'its story'],
      ]),
    );
}
