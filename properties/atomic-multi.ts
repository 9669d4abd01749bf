import type { Property, PropertyState } from '../sim/property.ts';
import { formatZxid } from '../sim/zab/zxid.ts';
import type { Answer, Operation } from '../sim/zookeeper/operations.ts';

interface State extends PropertyState {
  readonly silent: boolean;
}

export const atomicMulti: Property<State> = {
  name: 'atomic-multi',
  about:
    'A multi is done as a whole or not at all: either every one of its results is a success, or every one is an error,' +
    ' and what was not done leaves the tree as it was. That no read and no event shows a part of one follows with' +
    ' replies-equal-the-log and watches-tell-what-changed, as all of it has one zxid.',
  source: 'DataTree.java#processTxn, case multi; ZOOKEEPER-965',
  kind: 'always',
  observes: ['sent'],
  packets: ['REPLY'],
  start(setup) {
    return { premises: 0, silent: setup.treeConfig === null };
  },
  observe(state, event, { clients, tree, canon }) {
    if (state.silent || event.kind !== 'sent' || event.message.kind !== 'REPLY') return undefined;
    const request = clients.answers;
    if (request?.kind !== 'write' || (request.op as Operation).op !== 'multi') return undefined;
    const { cxid, zxid, value } = event.message;
    const results = (value as Answer | null)?.results;
    if (results === undefined) return undefined;
    state.premises++;
    const failed = results.filter(({ type }) => type === 'error').length;
    const who = `the multi of client ${-event.peer}, request ${cxid}, at ${formatZxid(zxid)}`;
    if (failed !== 0 && failed !== results.length)
      return `${who} was answered with ${results.length - failed} successes and ${failed} errors`;
    const moment = tree.of(zxid, canon);
    if (failed === 0 || moment === null || moment === undefined) return undefined;
    return moment.before.nodes === moment.tree.nodes ? undefined : `${who} failed and has changed the tree`;
  },
};
