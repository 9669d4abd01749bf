import type { ClientModel } from '../sim/scenario.ts';
import type { TraceEvent } from '../sim/trace.ts';
import { CREATE_MODES, PERMS } from '../sim/zookeeper/codes.ts';
import type { Acl } from '../sim/zookeeper/acl.ts';
import type { Answer, Operation, TreeTxn } from '../sim/zookeeper/operations.ts';
import { count, printable, when, who } from './text.ts';

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
  if ('path' in op) words.push(op.path === '' ? '""' : printable(String(op.path), 60));
  if ('data' in op && typeof op.data === 'string' && op.data !== '') words.push(JSON.stringify(printable(op.data, 20)));
  if ('flags' in op && op.flags !== 0) words.push(CREATE_MODES[op.flags] ?? `mode ${op.flags}`);
  if (op.op === 'addWatch') words.push(['PERSISTENT', 'PERSISTENT_RECURSIVE'][op.mode] ?? `mode ${op.mode}`);
  if ('version' in op && op.version !== -1) words.push(`if version ${op.version}`);
  return `${words.join(' ')}${'watch' in op && op.watch ? ', with a watch' : ''}`;
}

/** `setData /p "z"`, `create /a ephemeral`, `multi of 3: create, setData, check`: what the log holds of a write. */
export function treeTxnWords(txn: TreeTxn): string {
  if (txn.type === 'error') return `failed: ${txn.error}`;
  if (txn.type === 'multi')
    return `multi of ${txn.txns.length}${when(txn.txns.length > 0, `: ${printable(txn.txns.map(({ type }) => type).join(', '), 60)}`)}`;
  const words: string[] = [txn.type, printable(txn.path, 60)];
  if ('data' in txn && txn.data !== null && txn.data !== '') words.push(JSON.stringify(printable(txn.data, 20)));
  if ('ephemeral' in txn && txn.ephemeral) words.push('ephemeral');
  if (txn.type === 'createTTL') words.push(`ttl ${txn.ttlMs} ms`);
  if (txn.type === 'setACL') words.push(aclWords(txn.acl));
  return words.join(' ');
}

/** `world:anyone:cdrwa` */
export function aclWords(acl: readonly Acl[]): string {
  return acl.map(({ perms, scheme, id }) => `${scheme}:${id}:${permWords(perms)}`).join(' ');
}

function permWords(perms: number): string {
  const letters = [
    [PERMS.CREATE, 'c'],
    [PERMS.DELETE, 'd'],
    [PERMS.READ, 'r'],
    [PERMS.WRITE, 'w'],
    [PERMS.ADMIN, 'a'],
  ] as const;
  return letters.map(([bit, letter]) => when((perms & bit) !== 0, letter)).join('');
}

/** Clients by their names where a text knows only their numbers, from 1: `client 2 used r` is `client b used r`. */
export function withNames(text: string, clients: readonly Pick<ClientModel, 'name'>[]): string {
  return text.replace(/\bclient (\d+)\b/g, (whole, number: string) => {
    const client = clients[Number(number) - 1];
    return client === undefined ? whole : `client ${client.name}`;
  });
}

/** Columns that an answer has in the table of a history. */
const ROOM = 56;

/** What an answer says, in a few words; nothing for none. `asked`: what it answers. */
export function answerWords(answer: Answer | null, asked: Operation | null = null): string {
  if (answer === null) return '';
  const { path, data, stat, children, results, totalNumber, ephemerals, clientInfo, acl } = answer;
  const ofAcl = asked?.op === 'getACL' || asked?.op === 'setACL';
  const version = stat === undefined ? [] : [ofAcl ? `aversion ${stat.aversion}` : `version ${stat.version}`];
  return [
    ...(path === undefined ? [] : [printable(path, 40)]),
    ...(data === undefined ? [] : [data === null ? 'null' : JSON.stringify(printable(data, 30))]),
    ...(children === undefined ? [] : [listWords(count(children.length, 'child', 'children'), children)]),
    ...(acl === undefined ? [] : [printable(acl.length === 0 ? 'no entries' : aclWords(acl), ROOM - 14)]),
    ...(results === undefined ? [] : [resultWords(results)]),
    ...(totalNumber === undefined ? [] : [String(totalNumber)]),
    ...(ephemerals === undefined ? [] : [listWords(count(ephemerals.length, 'ephemeral'), ephemerals)]),
    ...(clientInfo === undefined
      ? []
      : [printable(clientInfo.map(({ authScheme, user }) => `${authScheme}:${user}`).join(' '), ROOM)]),
    ...version,
  ].join(', ');
}

/** `2 children: a b`, as many of the names as there is room for. */
function listWords(head: string, names: readonly string[]): string {
  if (names.length === 0) return head;
  const room = ROOM - 14 - head.length;
  let text = '';
  for (const name of names) {
    const next = `${text} ${printable(name, 40)}`;
    if (next.length > room && text !== '') return `${head}:${text} ...`;
    text = next;
  }
  return `${head}:${text}`;
}

/** Of each part what it made, or how it ended. */
function resultWords(results: NonNullable<Answer['results']>): string {
  return results
    .map((one) => {
      if (one.type === 'error') return one.error;
      if (one.path !== undefined) return printable(one.path, 40);
      if (one.children !== undefined) return count(one.children.length, 'child', 'children');
      return one.data === undefined ? 'ok' : one.data === null ? 'null' : JSON.stringify(printable(one.data, 20));
    })
    .join(' ');
}

/** A number beyond 32 bits is a zxid: a token, a term. */
function valueWords(value: string | number | boolean | null): string {
  return typeof value === 'number' && value > 0xffff_ffff ? `0x${value.toString(16)}` : printable(String(value), 30);
}
