import type { Wire } from './engine/client.ts';
import { libraryTexts, traceInside } from './page-data.ts';
import type { OpenOptions, Source } from './protocol.ts';
import { fromBase64 } from './share.ts';
import { startPage } from './ui/app.tsx';
import { startLesson } from './ui/lessons/lesson-store.ts';
import { open } from './ui/shell/store.ts';

/** What the page begins with. */

/** Whoever comes for the first time sees this one. */
const FIRST = 'old-leader-pauses-and-is-fenced';

interface Beginning {
  readonly source: Source;
  readonly options: OpenOptions;
}

/** What the address asks for: a run, or a trace that lies beside the page. */
async function asked(): Promise<Beginning | null> {
  const text = location.hash.slice(1);
  const fields = new URLSearchParams(text);
  const trace = fields.get('trace');
  if (trace !== null) {
    // Only what the server that gave the page has opened.
    const answer = await fetch('opened');
    return { source: { kind: 'trace', bytes: await answer.arrayBuffer() }, options: {} };
  }
  if (fields.has('scenario') || fields.has('plan')) return { source: { kind: 'link', text }, options: {} };
  return null;
}

/** `#lesson=7`: that lesson, its run opened and played. */
function lessonAsked(): void {
  const number = new URLSearchParams(location.hash.slice(1)).get('lesson');
  if (number !== null && /^\d{1,3}$/.test(number)) startLesson(Number(number));
}

function fromInside(): Beginning | null {
  const bytes = fromBase64(traceInside() ?? '');
  if (bytes === null || bytes.length === 0) return null;
  return { source: { kind: 'trace', bytes: bytes.buffer }, options: {} };
}

/** Opens what the address asks for, or what is inside the page, through this wire. */
export async function begin(wire: Wire): Promise<void> {
  const element = document.getElementById('page');
  if (element === null) return;
  const library = await libraryTexts();
  const usual: Beginning = { source: { kind: 'scenario', name: FIRST }, options: {} };
  const { source, options } = (await asked()) ?? fromInside() ?? usual;
  startPage(element, { wire, library, source, options });
  lessonAsked();
  addEventListener('hashchange', () => {
    lessonAsked();
    void asked().then((other) => {
      if (other !== null) open(other.source, other.options);
    });
  });
}
