import type { TraceEvent } from '../sim/trace.ts';
import { CREATE_MODES } from '../sim/zookeeper/codes.ts';
import type { Answer, Operation } from '../sim/zookeeper/operations.ts';
import { count, printable, who } from './text.ts';

/** What clients and their programs live through, in words. */

type OfClient = Extract<TraceEvent, { readonly kind: 'clientState' | 'watchEvent' | 'recipe' }>;

/** `name`: the client's, where the reader knows it by that. */
export function clientWords(event: OfClient, name = String(event.client)): string {
  switch (event.kind) {
    case 'clientState':
      return `client ${name} ${stateWords(event)}`;
    case 'watchEvent':
      return `client ${name} is told: ${event.type} ${printable(event.path, 40)}`;
    case 'recipe':
      return `client ${name}, ${factWords(event)}`;
  }
}

/** `lock /a: acquired (token 3)`. */
export function factWords(event: Extract<OfClient, { readonly kind: 'recipe' }>): string {
  return `${event.recipe} ${printable(event.instance, 40)}: ${event.fact}${detailWords(event.detail)}`;
}

/** `is Connected with S2, session 0x2000100001`. */
export function stateWords({ state, server, session }: Extract<OfClient, { readonly kind: 'clientState' }>): string {
  const where = server === 0 ? '' : state === 'Connected' ? ` with ${who(server)}` : ` from ${who(server)}`;
  return `is ${state}${where}${session > 0 ? `, session ${sessionWords(session)}` : ''}`;
}

export function sessionWords(session: number): string {
  return `0x${session.toString(16)}`;
}

/** ` (resource r, token 3)`; nothing for no detail. */
function detailWords(detail: Extract<OfClient, { readonly kind: 'recipe' }>['detail']): string {
  const said = Object.entries(detail).map(([key, value]) => `${key} ${valueWords(value)}`);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** `create /a "7" EPHEMERAL`, `setData /a "8" if version 3`, `getData /a, with a watch`. */
export function operationWords(op: Operation): string {
  if (op.op === 'multi' || op.op === 'multiRead')
    return `${op.op} of ${count(op.ops.length, 'operation')}${op.ops.length === 0 ? '' : `: ${op.ops.map((one) => one.op).join(', ')}`}`;
  const words: string[] = [op.op];
  if ('path' in op) words.push(printable(String(op.path), 60));
  if ('data' in op && typeof op.data === 'string' && op.data !== '') words.push(JSON.stringify(printable(op.data, 20)));
  if ('flags' in op && op.flags !== 0) words.push(CREATE_MODES[op.flags] ?? `mode ${op.flags}`);
  if ('version' in op && op.version !== -1) words.push(`if version ${op.version}`);
  return `${words.join(' ')}${'watch' in op && op.watch ? ', with a watch' : ''}`;
}

/** What an answer says, in a few words; nothing for none. */
export function answerWords(answer: Answer | null): string {
  if (answer === null) return '';
  const { path, data, stat, children, results, totalNumber, ephemerals, clientInfo, acl } = answer;
  return [
    ...(path === undefined ? [] : [printable(path, 40)]),
    ...(data === undefined ? [] : [data === null ? 'null' : JSON.stringify(printable(data, 30))]),
    ...(children === undefined ? [] : [count(children.length, 'child', 'children')]),
    ...(acl === undefined ? [] : [count(acl.length, 'entry', 'entries')]),
    ...(results === undefined ? [] : [results.map((one) => (one.type === 'error' ? one.error : 'ok')).join(' ')]),
    ...(totalNumber === undefined ? [] : [String(totalNumber)]),
    ...(ephemerals === undefined ? [] : [count(ephemerals.length, 'ephemeral')]),
    ...(clientInfo === undefined ? [] : [clientInfo.map(({ authScheme }) => authScheme).join(' ')]),
    ...(stat === undefined ? [] : [`version ${stat.version}`]),
  ].join(', ');
}

/** A number beyond 32 bits is a zxid: a token, a term. */
function valueWords(value: string | number | boolean | null): string {
  return typeof value === 'number' && value > 0xffff_ffff ? `0x${value.toString(16)}` : printable(String(value), 30);
}
