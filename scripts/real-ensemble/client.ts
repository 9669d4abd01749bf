import type { Fields } from './requests.ts';

/** What came over a connection, in order. */
export type Item =
  | { readonly kind: 'event'; readonly type: string; readonly path: string }
  | { readonly kind: 'response'; readonly name: string; readonly path: string | null; readonly result: Fields };

/** A session with a real server, whatever speaks for it. */
export interface RealClient {
  readonly session: bigint;
  readonly password: Buffer;
  readonly timeoutMs: number;
  readonly connected: boolean;
  /** The server answered, and would not have the session. */
  readonly refused: boolean;
  /** The highest zxid it was told; 0 where the client keeps that to itself. */
  readonly lastZxid: bigint;
  /** Never rejects: a lost connection is a result. Several requests go out in the order of the calls. */
  send(request: Fields): Promise<Fields>;
  /** What has come since the last time. */
  take(): readonly Item[];
  /** Closes this end without a word. */
  cut(): void;
}

export const LOST: Fields = { err: 'CONNECTIONLOSS', code: -4, hdr_zxid: null, client_side: true };
