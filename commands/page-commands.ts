import { type Command, Option } from 'commander';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal.ts';

interface Context {
  readonly terminal: Terminal;
  readonly done: (code: ExitCode) => void;
  readonly examples: (lines: readonly (readonly [line: string, about: string])[]) => string;
}

/** The commands about the page: what can be asked. */
export function addPageCommands(program: Command, { terminal, done, examples }: Context): void {
  program
    .command('view')
    .summary('play, rewind and break an ensemble in the browser')
    .description('Serves the page on this machine, and opens it at what is named: a scenario, a trace, or a report.')
    .argument(
      '[scenario|trace|report]',
      'a scenario by name or file, a trace of "run --trace", a report of "run --json"',
    )
    .option('-p, --port <number>', 'where; 7181, or any that is free when it is taken')
    .option('-s, --seed <seed>', 'of a scenario: the seed')
    .option('-r, --release <name>', 'of a scenario: behave as this release')
    .addOption(
      new Option('-b, --bug <name>', 'of a scenario: behave as "corrected" with this bug').conflicts('release'),
    )
    .option('-o, --open', 'start the browser')
    .action(async (name: string | undefined, options: import('./view.ts').ViewOptions) => {
      done(await (await import('./view.ts')).view(name, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim view', 'an old leader is fenced; then it is yours'],
        ['zabsim view sync-trunc --seed 7', 'a scenario'],
        ['zabsim view run.ndjson', 'a trace, at the violation'],
        ['zabsim view report.json --open', 'a failure from elsewhere'],
      ]),
    );

  program
    .command('lesson')
    .summary('a course on how ZAB works, with questions and exercises')
    .description(
      'Tells a lesson, plays its run, and asks what happens next. An exercise is marked by playing your answer: ' +
        "the exercise's own scenario with steps added.",
    )
    .argument('[number]', 'which; a list without it')
    .addOption(new Option('--lang <code>', 'language; lessons of your own may have others').default('en'))
    .option('--answers <letters>', 'answer the questions at once: a,b,a')
    .option('--exercise', "print the exercise's scenario")
    .option('--answer <file>', 'mark this scenario as an answer to the exercise')
    .option('-s, --seed <seed>', 'of the answer, if it is not that of the exercise: it is then refused')
    .option('--json <file>', 'write the result there, for a gradebook')
    .option('--student <name>', 'a name or number to write into it')
    .option('--dir <folder>', 'lessons of your own')
    .action(async (which: string | undefined, options: import('./lesson.ts').LessonOptions) => {
      done(await (await import('./lesson.ts')).lesson(which, options, terminal));
    })
    .addHelpText(
      'after',
      examples([
        ['zabsim lesson', 'what there is'],
        ['zabsim lesson 7', 'how epochs fence an old leader'],
        ['zabsim lesson 7 --exercise > mine.yaml', 'begin the exercise'],
        ['zabsim lesson 7 --answer mine.yaml', 'have it marked'],
      ]) + '\nExit codes: 0 all right, or reached; 1 not; 2 bad input.\n',
    );

  program
    .command('report')
    .summary('write a run as one page that needs no server')
    .description('Writes the page with a trace inside: one file that works offline, opened from the disk.')
    .argument('<trace|scenario|report>', 'a trace, or what is played for one')
    .requiredOption('--html <file>', 'where to')
    .option('-s, --seed <seed>', 'of a scenario: the seed')
    .option('-r, --release <name>', 'of a scenario: behave as this release')
    .addOption(
      new Option('-b, --bug <name>', 'of a scenario: behave as "corrected" with this bug').conflicts('release'),
    )
    .action(async (name: string, options: import('./report-html.ts').ReportOptions) => {
      done(await (await import('./report-html.ts')).reportHtml(name, options, terminal));
    })
    .addHelpText('after', examples([['zabsim report run.ndjson --html run.html', 'to send to somebody']]));
}
