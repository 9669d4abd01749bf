/** The part of the package that is used here: it has no types of its own. */
declare module 'node-zookeeper-client' {
  type Done<T extends unknown[]> = (error: Failure | null, ...results: T) => void;

  interface Failure {
    readonly message: string;
    getCode?(): number;
    getName?(): string;
  }

  /** Longs are buffers of eight bytes. */
  export type Stat = Readonly<Record<string, Buffer | number>>;

  interface Transaction {
    create(path: string, data: Buffer | undefined, acls: readonly ACL[], mode: number): Transaction;
    setData(path: string, data: Buffer | null, version: number): Transaction;
    check(path: string, version: number): Transaction;
    remove(path: string, version: number): Transaction;
    commit(done: Done<[results?: readonly { type: number; err?: number; path?: string; stat?: Stat }[]]>): void;
  }

  export interface Client {
    once(event: 'connected' | 'disconnected' | 'expired', listener: () => void): void;
    connect(): void;
    close(): void;
    getSessionId(): Buffer;
    getSessionTimeout(): number;
    addAuthInfo(scheme: string, auth: Buffer): void;
    create(
      path: string,
      data: Buffer | undefined,
      acls: readonly ACL[],
      mode: number,
      done: Done<[path: string]>,
    ): void;
    remove(path: string, version: number, done: Done<[]>): void;
    setData(path: string, data: Buffer | null, version: number, done: Done<[stat: Stat]>): void;
    getData(path: string, done: Done<[data: Buffer | undefined, stat: Stat]>): void;
    setACL(path: string, acls: readonly ACL[], version: number, done: Done<[stat: Stat]>): void;
    getACL(
      path: string,
      done: Done<[acls: readonly { permission: number; id: { scheme: string; id: string } }[], Stat]>,
    ): void;
    exists(path: string, done: Done<[stat: Stat | null | undefined]>): void;
    getChildren(path: string, done: Done<[children: readonly string[], stat: Stat]>): void;
    transaction(): Transaction;
  }

  export class ACL {
    constructor(permission: number, id: Id);
  }
  export class Id {
    constructor(scheme: string, id: string);
  }
  interface Library {
    createClient(servers: string, options: { sessionTimeout: number; retries: number; spinDelay?: number }): Client;
    ACL: typeof ACL;
    Id: typeof Id;
  }
  const library: Library;
  export default library;
}
