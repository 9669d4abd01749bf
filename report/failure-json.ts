import type { Tracked } from './track.ts';
import type { Explanation, Told } from './explain.ts';
import { choiceWords, otherwiseWords, shortFingerprint, stuckWords } from './failure-words.ts';
import { zxidText } from './text.ts';

/** An explanation for programs. Its keys are an interface: they may be added to, never renamed. Times named `at` are virtual
 *  microseconds, `event` is an index in the trace, zxids are hexadecimal strings. */
export function explanationJson(explanation: Explanation) {
  const { failure, told: played, nearest, stuck } = explanation;
  const { scenario } = played;
  const flip = nearest?.deciding ?? null;
  return {
    property: failure.property,
    fingerprint: failure.fingerprint,
    fingerprintShort: shortFingerprint(failure.fingerprint),
    why: failure.violation.why,
    event: failure.violation.event,
    at: failure.violation.at,
    chain: explanation.chain.map(told),
    deciding:
      flip === null || explanation.deciding === null
        ? null
        : {
            ...told(explanation.deciding),
            choice: choiceWords(flip.change, scenario),
            otherwise: otherwiseWords(flip.change),
          },
    choices: (nearest?.flips ?? []).map(({ change, verdict, differsAt }) => ({
      choice: choiceWords(change, scenario),
      otherwise: otherwiseWords(change),
      verdict,
      differsAt,
    })),
    corrected:
      nearest?.corrected == null
        ? null
        : {
            verdict: nearest.corrected.verdict,
            partsAt: explanation.deviation === null ? null : told(explanation.deviation),
          },
    nearestPassing: explanation.rows.map(({ at, failing, passing }) => ({ at, failing, passing })),
    before: explanation.before.map(serverJson),
    after: explanation.after.map(serverJson),
    noProgress:
      stuck === null
        ? null
        : {
            kind: stuck.kind,
            ...stuckWords(stuck),
            ...(stuck.kind === 'churn'
              ? { rising: stuck.rising, from: stuck.from, to: stuck.to, laps: stuck.laps, everyUs: stuck.every }
              : {}),
          },
    traceHash: explanation.traceHash,
  };
}

function told({ index, event, words }: Told) {
  return { event: index, at: event.at, server: event.server, words };
}

function serverJson({ id, up, paused, state, acceptedEpoch, currentEpoch, applied, logged }: Tracked) {
  return {
    id,
    up,
    paused,
    state,
    acceptedEpoch,
    currentEpoch,
    applied: zxidText(applied),
    logged: zxidText(logged),
  };
}
