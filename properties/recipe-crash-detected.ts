import type { Property, PropertyState } from '../sim/property.ts';
import { newPatience, textIn, tooEarly, who, type Patience } from './recipe-facts.ts';

interface State extends PropertyState {
  readonly patience: Patience;
  readonly workers: { readonly client: number; readonly instance: string; readonly name: string; crashed: boolean }[];
  readonly detectors: { readonly client: number; readonly instance: string; readonly suspected: string[] }[];
}

export const recipeCrashDetected: Property<State> = {
  name: 'recipe-crash-detected',
  about:
    'In the end a detector suspects exactly those workers whose process has crashed. Excused: no calm, a run that ends' +
    ' too early.',
  source: 'recipes.md, "Group Membership": an ephemeral node goes with its session; Chandra and Toueg, JACM 1996',
  kind: 'eventually',
  subject: 'recipes',
  observes: ['recipe', 'calm'],
  start(setup) {
    return { premises: 0, patience: newPatience(setup.progressBound), workers: [], detectors: [] };
  },
  observe(state, event) {
    if (event.kind === 'calm') state.patience.calmAt = event.at;
    if (event.kind !== 'recipe') return undefined;
    const { client, instance, fact, detail } = event;
    const name = textIn(detail, 'worker');
    const worker = state.workers.find((one) => one.client === client);
    const at = state.detectors.findIndex((one) => one.client === client);
    const suspected = state.detectors[at]?.suspected;
    switch (fact) {
      case 'works':
        if (worker === undefined) state.workers.push({ client, instance, name, crashed: false });
        else worker.crashed = false;
        state.patience.changedAt = event.at;
        return undefined;
      case 'killed':
        if (worker !== undefined) worker.crashed = true;
        if (at >= 0) state.detectors.splice(at, 1);
        state.patience.changedAt = event.at;
        return undefined;
      case 'detects':
        if (at < 0) state.detectors.push({ client, instance, suspected: [] });
        return undefined;
      case 'suspects':
        state.premises++;
        suspected?.push(name);
        return undefined;
      case 'trusts':
        if (suspected?.includes(name) === true) suspected.splice(suspected.indexOf(name), 1);
        return undefined;
      default:
        return undefined;
    }
  },
  finish({ patience, workers, detectors }, end) {
    for (const { client, instance, suspected } of detectors) {
      const wrong = workers.find(
        (worker) => worker.instance === instance && worker.crashed !== suspected.includes(worker.name),
      );
      if (wrong === undefined) continue;
      const excuse = tooEarly(patience, end.at);
      if (excuse !== undefined) return { excused: excuse };
      return {
        violated: wrong.crashed
          ? `${who(client)} does not suspect ${wrong.name}, which has crashed`
          : `${who(client)} suspects ${wrong.name}, which lives`,
      };
    }
    return undefined;
  },
};
