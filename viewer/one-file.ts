import { begin } from './begin.ts';
import { localWire } from './engine/local-wire.ts';

/** The page as one file: nothing else can be loaded, so the engine is in the page. */
void begin(localWire());
