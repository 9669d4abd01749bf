import { judge, isConform } from './play.ts';
import { loadRecords } from './record.ts';
import { formatDifferences, formatMistakes, formatTable } from './table.ts';

const USAGE = `Usage: npm run conformance [-- DIR|FILE ...]

Plays records of real ensembles through the simulator and prints a table of what
agrees. Without arguments: conformance/records and conformance/records/own.

  -h, --help  print this

Exit codes: 0 all agree, 1 something differs or was not played, 2 bad input.
`;

/** Plays records of real ensembles through the simulator: `npm run conformance [-- DIR]`.
 *  Exit code 0: all agree. 1: something differs or was not played. 2: bad input. */
function main(args: readonly string[]): number {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = args.find((arg) => arg.startsWith('-'));
  if (unknown !== undefined) {
    process.stderr.write(`unknown option ${JSON.stringify(unknown.slice(0, 40))}\n\n${USAGE}`);
    return 2;
  }
  const paths = args.length === 0 ? ['conformance/records', 'conformance/records/own'] : args;
  const loaded = paths.map(loadRecords);
  const mistakes = loaded.flatMap((each) => each.mistakes);
  if (mistakes.length > 0) {
    process.stderr.write(`${formatMistakes(mistakes)}\n`);
    return 2;
  }
  const others = loaded.flatMap((each) => each.others);
  const verdicts = loaded.flatMap((each) => each.records).map((record) => judge(record));
  const details = verdicts.map(formatDifferences).filter((text) => text !== '');
  process.stdout.write(`${formatTable(verdicts)}\n`);
  if (others.length > 0) process.stdout.write(`Left out, of groups that are not played: ${others.join(', ')}\n`);
  if (details.length > 0) process.stdout.write(`\n${details.join('\n')}\n`);
  return verdicts.every(isConform) ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
