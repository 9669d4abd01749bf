import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, openSync, closeSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Real servers: one Java process each, in a directory of its own, on loopback. */

export interface Installation {
  readonly java: string;
  /** The jar of the server; what it needs is named in it, or lies beside it. */
  readonly classPath: string;
}

/** Where a package or an unpacked release keeps the server. null: none is here. */
export function findInstallation(where: string | undefined): Installation | null {
  const java = [process.env['JAVA_HOME'] === undefined ? '' : join(process.env['JAVA_HOME'], 'bin/java')]
    .concat((process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'java')))
    .find((path) => path !== '' && existsSync(path));
  if (java === undefined) return null;
  const debian = '/usr/share/java/zookeeper.jar';
  if (where === undefined) return existsSync(debian) ? { java, classPath: `${debian}:${DEBIAN_LOGGING}` } : null;
  const lib = join(where, 'lib');
  if (!existsSync(lib) || !readdirSync(lib).some((name) => /^zookeeper-\d.*\.jar$/.test(name))) return null;
  return { java, classPath: join(lib, '*') };
}

const DEBIAN_LOGGING = ['slf4j-api', 'slf4j-log4j12', 'log4j-1.2']
  .map((name) => `/usr/share/java/${name}.jar`)
  .join(':');

export interface ServerConfig {
  readonly myid: number;
  readonly role: 'participant' | 'observer';
}

export interface EnsembleConfig {
  readonly servers: readonly ServerConfig[];
  readonly tickTime: number;
  readonly initLimit: number;
  readonly syncLimit: number;
  readonly systemProperties: Readonly<Record<string, string>>;
  readonly zooCfg: Readonly<Record<string, string>>;
}

export class RealServer {
  readonly id: number;
  readonly home: string;
  readonly clientPort: number;
  /** One file for each life. */
  readonly logs: string[] = [];
  #process: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  paused = false;

  constructor(id: number, home: string, clientPort: number) {
    this.id = id;
    this.home = home;
    this.clientPort = clientPort;
    mkdirSync(join(home, 'data'), { recursive: true });
    writeFileSync(join(home, 'data', 'myid'), `${id}\n`);
  }

  get up(): boolean {
    return this.#process !== undefined;
  }

  get version2(): string {
    return join(this.home, 'data', 'version-2');
  }

  start(installation: Installation, properties: Readonly<Record<string, string>>): void {
    const life = this.logs.length + 1;
    const log = join(this.home, `server.${life}.log`);
    const output = openSync(log, 'w');
    const args = [
      ...['-Xmx160m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
      '-cp',
      `${this.home}:${installation.classPath}`,
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      join(this.home, 'zoo.cfg'),
    ];
    const child = spawn(installation.java, args, { stdio: ['ignore', output, output], cwd: this.home });
    closeSync(output);
    this.logs.push(log);
    this.#process = child;
    this.#exited = new Promise((done) => {
      const gone = (): void => {
        if (this.#process === child) this.#process = undefined;
        done();
      };
      child.once('exit', gone);
      child.once('error', gone);
    });
  }

  /** Also of a process that is paused. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#process?.kill(signal);
    if (this.paused) this.#process?.kill('SIGCONT');
    this.paused = false;
    await this.#exited;
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
    this.paused = true;
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
    this.paused = false;
  }

  wipe(): void {
    rmSync(this.version2, { recursive: true, force: true });
  }

  /** What `srvr` says, or null when nobody answers. */
  async srvr(): Promise<{ readonly mode: string; readonly zxid: string | null } | null> {
    const text = await fourLetters(this.clientPort, 'srvr');
    if (text === null) return null;
    return {
      mode: /^Mode: (\w+)/m.exec(text)?.[1] ?? 'not serving',
      zxid: /^Zxid: (0x[0-9a-f]+)/m.exec(text)?.[1] ?? null,
    };
  }

  epochOf(file: 'acceptedEpoch' | 'currentEpoch'): number | null {
    const path = join(this.version2, file);
    return existsSync(path) ? Number(readFileSync(path, 'utf8').trim()) : null;
  }

  /** `log.*` and `snapshot.*`, sorted by kind and zxid. */
  files(): readonly string[] {
    if (!existsSync(this.version2)) return [];
    return readdirSync(this.version2)
      .filter((name) => /^(log|snapshot)\./.test(name))
      .sort((a, b) => (a < b ? -1 : 1));
  }
}

function fourLetters(port: number, word: string): Promise<string | null> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2000 });
    let text = '';
    const end = (value: string | null): void => {
      socket.destroy();
      done(value);
    };
    socket.on('connect', () => socket.write(word));
    socket.on('data', (chunk) => (text += chunk.toString('utf8')));
    socket.on('close', () => end(text === '' ? null : text));
    socket.on('timeout', () => end(null));
    socket.on('error', () => end(null));
  });
}

/** Three ports a server that nobody listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const holders = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<{ port: number; close: () => Promise<void> }>((done, fail) => {
          const server = createServer();
          server.once('error', fail);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            const port = typeof address === 'object' && address !== null ? address.port : 0;
            done({ port, close: () => new Promise((closed) => server.close(() => closed())) });
          });
        }),
    ),
  );
  await Promise.all(holders.map((holder) => holder.close()));
  return holders.map((holder) => holder.port);
}

/** Directories, zoo.cfg and logging of an ensemble that is not started yet. */
export async function prepareEnsemble(folder: string, config: EnsembleConfig): Promise<readonly RealServer[]> {
  const ports = await freePorts(config.servers.length * 3);
  const servers = config.servers.map(
    ({ myid }, i) => new RealServer(myid, join(folder, `s${myid}`), ports[i * 3] ?? 0),
  );
  const lines = config.servers.map(({ myid, role }, i) => {
    const kind = role === 'observer' ? ':observer' : '';
    return `server.${myid}=127.0.0.1:${ports[i * 3 + 1]}:${ports[i * 3 + 2]}${kind}`;
  });
  config.servers.forEach(({ role }, i) => {
    const server = servers[i]!;
    const own = [
      `tickTime=${config.tickTime}`,
      `initLimit=${config.initLimit}`,
      `syncLimit=${config.syncLimit}`,
      `dataDir=${join(server.home, 'data')}`,
      `clientPort=${server.clientPort}`,
      'clientPortAddress=127.0.0.1',
      ...(role === 'observer' ? ['peerType=observer'] : []),
      ...Object.entries(config.zooCfg).map(([name, value]) => `${name}=${value}`),
    ];
    writeFileSync(join(server.home, 'zoo.cfg'), `${[...own, ...lines].join('\n')}\n`);
    writeFileSync(join(server.home, 'log4j.properties'), LOG4J);
    writeFileSync(join(server.home, 'logback.xml'), LOGBACK);
  });
  return servers;
}

const DETAILED = ['FastLeaderElection', 'Learner', 'LearnerHandler', 'Leader', 'QuorumPeer'];

/** For releases before 3.8, and Debian's. */
const LOG4J = `log4j.rootLogger=INFO, OUT
log4j.appender.OUT=org.apache.log4j.ConsoleAppender
log4j.appender.OUT.layout=org.apache.log4j.PatternLayout
log4j.appender.OUT.layout.ConversionPattern=%d{yyyy-MM-dd HH:mm:ss,SSS} %p %c{1} - %m%n
${DETAILED.map((name) => `log4j.logger.org.apache.zookeeper.server.quorum.${name}=DEBUG`).join('\n')}
`;

const LOGBACK = `<configuration>
<appender name="OUT" class="ch.qos.logback.core.ConsoleAppender"><encoder>
<pattern>%d{yyyy-MM-dd HH:mm:ss,SSS} %p %logger{0} - %m%n</pattern></encoder></appender>
${DETAILED.map((name) => `<logger name="org.apache.zookeeper.server.quorum.${name}" level="DEBUG"/>`).join('\n')}
<root level="INFO"><appender-ref ref="OUT"/></root></configuration>
`;

export async function stopAll(servers: readonly RealServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill('SIGKILL')));
}

/** Waits until it is so. False: it was not so for that long. */
export async function until(isSo: () => Promise<boolean> | boolean, limitMs: number, everyMs = 100): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (await isSo()) return true;
    if (performance.now() > end) return false;
    await sleep(everyMs);
  }
}
