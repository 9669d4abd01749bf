import type { Paint } from '../report/paint.ts';
import { seconds, shellWord, thousands, who, wrap } from '../report/text.ts';
import { VERSION } from '../report/version.ts';
import { eventWords } from '../report/words.ts';
import type { OwnFault } from './exit.ts';

/** What to say when zabsim itself is wrong: what is needed to see it again, and the last events before it. */
export function ownFaultLines(fault: OwnFault | undefined, error: unknown, paint: Paint): string[] {
  const thrown = fault?.cause ?? error;
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message).split('\n') : [String(thrown)];
  const lines = [...wrap(`${paint.bad('This is a fault of zabsim itself')}, not of the ensemble, and not of yours.`)];
  if (fault !== undefined) {
    lines.push(...wrap(`scenario ${fault.scenario}, seed ${fault.seed}, at event ${thousands(fault.event)}`, '  '));
    lines.push(`  The last ${fault.recent.length} events:`);
    for (const { index, event } of fault.recent) {
      const subject = event.server > 0 ? `${who(event.server)} ` : '';
      lines.push(...wrap(`${subject}${eventWords(event)} #${index}`, `${seconds(event.at).padStart(13)}  `));
    }
    lines.push(...wrap(`zabsim run ${shellWord(fault.scenario)} --seed ${shellWord(fault.seed)}`, '  again: '));
  }
  lines.push(
    ...wrap(
      `Please report it with all of this; zabsim ${VERSION}, Node ${process.version}, ${process.platform}.`,
      '  ',
    ),
  );
  return [...lines, ...stack.map((line) => paint.dim(line))];
}
