import { connect as openSocket, type Socket } from 'node:net';
import { ERROR_CODES } from '../../sim/zookeeper/codes.ts';
import { LOST, type Item, type RealClient } from './client.ts';
import { decodeBody, errorName, hex, type Labels } from './answers.ts';
import { Reader, Writer } from './jute.ts';
import { encode, type Fields } from './requests.ts';

/** One connection to a real server, and the session it speaks for. What the wire says is kept as it comes: reply zxids, error
 *  codes and the order of events, which client libraries keep to themselves. */

export interface Handshake {
  readonly port: number;
  readonly timeoutMs: number;
  readonly lastZxid?: bigint;
  readonly session?: bigint;
  readonly password?: Buffer;
}

interface Asked {
  readonly opcode: number;
  readonly request: Fields;
  readonly done: (result: Fields) => void;
}

const EVENTS: Readonly<Record<number, string>> = {
  1: 'NodeCreated',
  2: 'NodeDeleted',
  3: 'NodeDataChanged',
  4: 'NodeChildrenChanged',
};
const PING = -2;
const AUTH = -4;
const SET_WATCHES = -8;

export class Connection implements RealClient {
  session = 0n;
  password: Buffer = Buffer.alloc(16);
  timeoutMs = 0;
  connected = false;
  refused = false;
  closed = false;
  lastZxid = 0n;
  items: Item[] = [];
  readonly #labels: Labels;
  readonly #socket: Socket;
  readonly #asked = new Map<number, Asked>();
  #xid = 0;
  #input: Buffer = Buffer.alloc(0);
  #pinging: NodeJS.Timeout | undefined;
  #welcomed: (() => void) | undefined;

  private constructor(socket: Socket, labels: Labels) {
    this.#socket = socket;
    this.#labels = labels;
  }

  /** Connects and waits for what comes of it: `connected`, `refused` or `closed` tells. */
  static async open(handshake: Handshake, labels: Labels): Promise<Connection> {
    const socket = openSocket({ host: '127.0.0.1', port: handshake.port });
    const connection = new Connection(socket, labels);
    connection.lastZxid = handshake.lastZxid ?? 0n;
    await connection.#greet(handshake);
    return connection;
  }

  send(request: Fields): Promise<Fields> {
    if (this.closed || !this.connected) return Promise.resolve(LOST);
    if (request['op'] === 'auth') return this.#auth(request);
    const { opcode, body } = encode(request);
    const name = String(request['op']);
    const xid = name.startsWith('setWatches') ? SET_WATCHES : ++this.#xid;
    return new Promise((done) => {
      this.#asked.set(xid, { opcode, request, done });
      this.#frame(new Writer().int(xid).int(opcode).raw(body).bytes());
    });
  }

  cut(): void {
    this.#socket.destroy();
    this.#end();
  }

  take(): readonly Item[] {
    const { items } = this;
    this.items = [];
    return items;
  }

  #greet(handshake: Handshake): Promise<void> {
    const hello = new Writer()
      .int(0)
      .long(handshake.lastZxid ?? 0n)
      .int(handshake.timeoutMs)
      .long(handshake.session ?? 0n)
      .buffer(handshake.password ?? Buffer.alloc(16))
      .bool(false)
      .bytes();
    return new Promise((done) => {
      const limit = setTimeout(() => this.cut(), 15_000);
      this.#welcomed = () => {
        clearTimeout(limit);
        done();
      };
      this.#socket.setNoDelay(true);
      this.#socket.on('connect', () => this.#frame(hello));
      this.#socket.on('data', (chunk) => this.#read(chunk));
      this.#socket.on('error', () => this.#end());
      this.#socket.on('close', () => this.#end());
    });
  }

  #auth(request: Fields): Promise<Fields> {
    const body = new Writer()
      .int(AUTH)
      .int(100)
      .int(0)
      .text(String(request['scheme']))
      .buffer(Buffer.from(String(request['auth']), 'utf8'))
      .bytes();
    return new Promise((done) => {
      this.#asked.set(AUTH, { opcode: 100, request, done });
      this.#frame(body);
    });
  }

  #frame(body: Buffer): void {
    this.#socket.write(new Writer().buffer(body).bytes());
  }

  #read(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#input.length >= 4) {
      const length = this.#input.readInt32BE(0);
      if (this.#input.length < 4 + length) return;
      const frame = this.#input.subarray(4, 4 + length);
      this.#input = this.#input.subarray(4 + length);
      if (this.connected) this.#packet(new Reader(frame));
      else this.#welcome(new Reader(frame));
    }
  }

  #welcome(frame: Reader): void {
    frame.int();
    this.timeoutMs = frame.int();
    this.session = frame.long();
    this.password = frame.buffer() ?? Buffer.alloc(16);
    this.refused = this.session === 0n;
    this.connected = !this.refused;
    if (this.connected) {
      const ping = new Writer().int(PING).int(11).bytes();
      this.#pinging = setInterval(() => this.#frame(ping), this.timeoutMs / 3);
    }
    this.#welcomed?.();
  }

  #packet(frame: Reader): void {
    const [xid, zxid, error] = [frame.int(), frame.long(), frame.int()];
    if (xid === PING) return;
    if (xid === -1) {
      const type = frame.int();
      frame.int();
      this.items.push({ kind: 'event', type: EVENTS[type] ?? String(type), path: frame.text() ?? '' });
      return;
    }
    if (zxid > this.lastZxid) this.lastZxid = zxid;
    const asked = this.#asked.get(xid);
    if (asked === undefined) return;
    this.#asked.delete(xid);
    const body = error === ERROR_CODES.OK ? decodeBody(frame, asked.opcode, asked.request, this.#labels) : {};
    const result = { err: errorName(error), code: error, hdr_zxid: hex(zxid), ...body };
    const { path } = asked.request;
    const name = String(asked.request['op']);
    this.items.push({ kind: 'response', name, path: typeof path === 'string' ? path : null, result });
    asked.done(result);
  }

  #end(): void {
    if (this.closed) return;
    this.closed = true;
    this.connected = false;
    clearInterval(this.#pinging);
    this.#socket.destroy();
    this.#welcomed?.();
    for (const asked of this.#asked.values()) asked.done(LOST);
    this.#asked.clear();
  }
}
