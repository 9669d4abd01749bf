import type { Reply } from '../protocol.ts';
import type { Wire } from './client.ts';

/** Through a worker, so that the page stays awake whatever the engine does. */
export function workerWire(worker: Worker): Wire {
  return {
    post: (request) => worker.postMessage(request),
    listen: (hear) => {
      worker.onmessage = (event: MessageEvent<Reply>) => hear(event.data);
      worker.onerror = (event) => hear({ kind: 'fault', message: event.message });
    },
    close: () => worker.terminate(),
  };
}
