import * as z from 'zod';
import type { Reply, Request } from '../protocol.ts';
import type { Wire } from './client.ts';
import { Engine, FRAME_MS } from './engine.ts';

/** In this thread, for a page that is one file: nothing but itself may be loaded. */
export function localWire(): Wire {
  let owner: Owner | null = null;
  return {
    post: (request) => owner?.hear(request),
    listen: (hear) => {
      // As from a worker: never within the call that asked.
      owner = ownEngine((reply) => setTimeout(() => hear(reply), 0));
    },
    close: () => {
      owner?.stop();
      owner = null;
    },
  };
}

// A page may not make programs out of text, and the schemas need not try.
z.config({ jitless: true });

export interface Owner {
  hear(request: Request): void;
  stop(): void;
}

/** An engine that is pumped by timers for as long as it has something to do. */
export function ownEngine(post: (reply: Reply) => void): Owner {
  const engine = new Engine(post, () => performance.now());
  let stopped = false;
  let waiting = false;
  const next = (): void => {
    if (waiting || stopped || !engine.busy) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      if (!stopped) engine.pump();
      next();
    }, FRAME_MS);
  };
  return {
    hear: (request) => void engine.hear(request).then(next),
    stop: () => {
      stopped = true;
    },
  };
}
