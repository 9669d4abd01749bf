import type { Act, Returned } from '../program.ts';
import { downTo, goOn, isLoss, programOf, roundOver, type Turn } from './workload.ts';

/** A counter in the data of a znode: read it, then set it on the condition that its version is still the same. When the
 *  answer to a set is lost, the next read tells: what this client has written bears its name and its round. Each round
 *  ends by saying `incremented`, or `inDoubt` when others have counted on since, which hides whether ours was among them. */
interface Counter {
  readonly path: string;
  readonly client: number;
  round: number;
  /** What was read last. */
  value: number;
  /** The answer to the set was lost. */
  inDoubt: boolean;
}

export const counter = programOf<Counter>({
  name: 'counter',
  about: 'adds one to a number in a znode by compare-and-set, and tries again when another was faster',
  begin: ({ client, instance }) => ({
    path: instance,
    client,
    round: 0,
    value: 0,
    inDoubt: false,
  }),
  needs: ({ path }) => downTo(path),
  round(own) {
    own.round++;
    own.inDoubt = false;
    return [read(own)];
  },
  returned: (own, returned) => (returned.tag === 'read' ? afterRead(own, returned) : afterSet(own, returned)),
});

function read({ path }: Counter): Act {
  return { kind: 'call', tag: 'read', operation: { op: 'getData', path, watch: false } };
}

function say(own: Counter, fact: 'incremented' | 'inDoubt'): Act {
  return { kind: 'say', fact, detail: { value: own.value + 1, round: own.round } };
}

function afterRead(own: Counter, { answer, error }: Returned): Turn {
  if (answer?.stat === undefined) return isLoss(error) ? goOn(read(own)) : roundOver();
  const { value, client, round } = parse(answer.data ?? '');
  if (own.inDoubt && client === own.client && round === own.round) return roundOver(say(own, 'incremented'));
  if (own.inDoubt && value > own.value) return roundOver(say(own, 'inDoubt'));
  own.value = value;
  own.inDoubt = false;
  const data = `${value + 1} ${own.client} ${own.round}`;
  return goOn({
    kind: 'call',
    tag: 'set',
    operation: { op: 'setData', path: own.path, data, version: answer.stat.version },
  });
}

function afterSet(own: Counter, { outcome, error }: Returned): Turn {
  if (outcome === 'ok') return roundOver(say(own, 'incremented'));
  if (outcome === 'unknown') own.inDoubt = true;
  return error === 'BADVERSION' || isLoss(error) ? goOn(read(own)) : roundOver();
}

/** `value client round`, as the last that was set says; a counter that nobody has set yet is 0. */
function parse(data: string): { readonly value: number; readonly client: number; readonly round: number } {
  const [value = 0, client = 0, round = 0] = data.split(' ').map(Number);
  return { value, client, round };
}
