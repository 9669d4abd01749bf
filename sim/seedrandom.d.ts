/** The generators of seedrandom that are files of their own: no entropy, no global state. */
declare module 'seedrandom/lib/alea.js' {
  export interface AleaState {
    readonly c: number;
    readonly s0: number;
    readonly s1: number;
    readonly s2: number;
  }
  /** Calling it draws a multiple of 2^-32 in [0, 1). */
  export interface Alea {
    (): number;
    state(): AleaState;
  }
  export default function alea(seed: string, options: { readonly state: AleaState }): Alea;
}
