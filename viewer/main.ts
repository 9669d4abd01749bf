import { begin } from './begin.ts';
import { workerWire } from './engine/worker-wire.ts';

/** The page as a server gives it: the engine is in a worker. */
void begin(workerWire(new Worker('worker.js')));
