import type { Request } from './protocol.ts';
import { ownEngine } from './engine/local-wire.ts';

/** The engine in its worker. */
const owner = ownEngine((reply) => postMessage(reply));
addEventListener('message', (event: MessageEvent<Request>) => owner.hear(event.data));
