import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';

/** The files that the page consists of. Nothing else is ever served: no path of a request reaches the file system. */
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'main.css': 'text/css; charset=utf-8',
  'worker.js': 'text/javascript; charset=utf-8',
  'library.json': 'application/json; charset=utf-8',
  'lessons.json': 'application/json; charset=utf-8',
};

/** No script but ours, nothing from elsewhere, nothing inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export interface PageServerOptions {
  /** Where the page's files are. */
  readonly folder: string;
  /** A trace that the page may fetch as `opened`. */
  readonly trace: string | null;
}

/** Serves the page on the loopback interface alone. Throws what the file system throws when a file of the page is missing. */
export function createPageServer({ folder, trace }: PageServerOptions): Server {
  const contents = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  for (const [name, type] of Object.entries(FILES))
    contents.set(`/${name}`, { type, bytes: readFileSync(join(folder, name)) });
  const page = contents.get('/index.html');
  if (page !== undefined) contents.set('/', page);

  const server = createServer((request, response) => {
    if (!isForUs(request, server)) {
      refuse(response, 421, 'This server answers to its own name only.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'There is nothing here to be changed.', { Allow: 'GET, HEAD' });
      return;
    }
    const path = (request.url ?? '').split(/[?#]/)[0] ?? '';
    if (path === '/opened' && trace !== null) {
      sendTrace(response, trace, request.method === 'HEAD');
      return;
    }
    const found = contents.get(path);
    if (found === undefined) {
      refuse(response, 404, 'There is no such file here.');
      return;
    }
    response.writeHead(200, { ...HEADERS, 'Content-Type': found.type, 'Content-Length': found.bytes.length });
    response.end(request.method === 'HEAD' ? undefined : found.bytes);
  });
  return server;
}

/** A page of somebody else's that has a name which resolves to this machine is not this page. */
function isForUs({ headers, socket }: IncomingMessage, server: Server): boolean {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return false;
  const local = socket.remoteAddress === '127.0.0.1' || socket.remoteAddress === '::ffff:127.0.0.1';
  // Of port 80 a browser says nothing.
  const said = address.port === 80 && !headers.host?.includes(':') ? `${headers.host}:80` : headers.host;
  return local && ['127.0.0.1', 'localhost'].some((name) => said === `${name}:${address.port}`);
}

function sendTrace(response: ServerResponse, trace: string, head: boolean): void {
  const file = createReadStream(trace);
  file.on('error', () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 404, 'The trace cannot be read any more.');
  });
  file.on('open', () => {
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'application/x-ndjson; charset=utf-8' });
    if (!head) {
      file.pipe(response);
      return;
    }
    response.end();
    file.destroy();
  });
}

function refuse(
  response: ServerResponse,
  status: number,
  why: string,
  more: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8', ...more });
  response.end(`${why}\n`);
}
