import { MS } from '../sim/time.ts';
import { fixupAcl, type Acl } from '../sim/zookeeper/acl.ts';
import { isEphemeral, isSequential, MAX_TTL_MS, PERMS } from '../sim/zookeeper/codes.ts';
import { frameBytes, MAX_FRAME } from '../sim/zookeeper/frames.ts';
import { createPathMistake, pathMistake } from '../sim/zookeeper/paths.ts';
import { createOf, operationOf } from './build-operations.ts';
import type { ReportMistake } from './ensemble.ts';
import { found } from './messages.ts';
import type { CreateFields, MultiPart } from './operations.ts';
import type { Path } from './positions.ts';
import { isOperationStep, type StepFields } from './steps.ts';

/** What the client library, or any server, would refuse without looking at the tree: a mistake of the file, unless the step
 *  is raw. Source: ZooKeeper.java, common/PathUtils.java, CreateMode.java, EphemeralType.java. */

interface Looked {
  readonly path?: string | null | undefined;
  readonly data?: string | null | undefined;
  readonly dataBytes?: number | undefined;
  readonly version?: number | undefined;
  readonly acl?: readonly Acl[] | null | undefined;
  readonly mode?: string | number | undefined;
  readonly type?: string | number | undefined;
  readonly ttl?: number | undefined;
}

/** `service` undefined: it could not be read. */
export function checkOperation(
  step: StepFields,
  path: Path,
  service: 'register' | 'zookeeper' | undefined,
  report: ReportMistake,
): void {
  const ofTree = isOperationStep(step);
  if (!ofTree && step.do !== 'addAuth') return;
  if (service === 'register')
    report([...path, 'do'], `${step.do} asks for znodes, which service: register does not have`);
  if (!ofTree || step.raw === true) return;
  if (step.do === 'check')
    report([...path, 'do'], 'no server takes a check outside a multi; say raw: true to send it all the same');
  switch (step.do) {
    case 'create':
    case 'create2':
      checkFields(step, true, path, report);
      checkCreate({ ...step, op: step.do }, path, report);
      break;
    case 'multi':
      if (step.ops.length === 0) report([...path, 'ops'], 'a multi of no operations is never sent; say raw: true');
      step.ops.forEach((part, index) => checkPart(part, [...path, 'ops', index], report));
      break;
    case 'multiRead':
      step.ops.forEach((part, index) => checkFields(part, false, [...path, 'ops', index], report));
      break;
    case 'whoAmI':
      break;
    default:
      checkFields(step, false, path, report);
  }
  const bytes = frameBytes(operationOf(step));
  if (bytes > MAX_FRAME)
    report(path, `a request of ${bytes} bytes is longer than jute.maxbuffer, ${MAX_FRAME}, and ends its connection`);
}

/** A client without a session has nothing that an ephemeral could belong to: every server refuses it. */
export function checkEphemerals(step: StepFields, path: Path, client: string, report: ReportMistake): void {
  if (!isOperationStep(step) || step.raw === true) return;
  const check = (part: MultiPart, at: Path): void => {
    if ((part.op === 'create' || part.op === 'create2') && isEphemeral(createOf(part).flags))
      report([...at, 'mode'], `an ephemeral node needs a session, which client "${client}" does not have`);
  };
  if (step.do === 'multi') step.ops.forEach((part, index) => check(part, [...path, 'ops', index]));
  else if (step.do === 'create' || step.do === 'create2') check({ ...step, op: step.do }, path);
}

function checkPart(part: MultiPart, path: Path, report: ReportMistake): void {
  switch (part.op) {
    case 'create':
    case 'create2':
      checkFields(part, true, path, report);
      checkCreate(part, path, report);
      return;
    case 'delete':
    case 'setData':
    case 'check':
      checkFields(part, false, path, report);
      return;
    default:
      report([...path, 'op'], `multi takes create, create2, delete, setData and check, not ${part.op}`);
  }
}

function checkFields(fields: Looked, create: boolean, path: Path, report: ReportMistake): void {
  if (fields.path !== undefined && !create) {
    const wrong = pathMistake(fields.path);
    if (wrong !== null) report([...path, 'path'], `${wrong}: ${found(fields.path)}`);
  }
  if (fields.version !== undefined && fields.version < -1)
    report([...path, 'version'], `a version is -1, any, or not negative, found ${fields.version}`);
  if (fields.data !== undefined && fields.dataBytes !== undefined)
    report([...path, 'dataBytes'], 'an operation has either data or dataBytes', true);
  if (typeof fields.mode === 'number') report([...path, 'mode'], `unknown mode ${fields.mode}; say its name`);
  if (typeof fields.type === 'number') report([...path, 'type'], `unknown type ${fields.type}; say its name`);
  if (fields.acl === null || fields.acl?.length === 0) report([...path, 'acl'], 'an access control list is not empty');
  // Whoever asks is somebody, so that auth stands for an id.
  for (const [index, entry] of (fields.acl ?? []).entries())
    if (entry.perms < 1 || entry.perms > PERMS.ALL)
      report([...path, 'acl', index], `permissions are 1 to ${PERMS.ALL}, found ${entry.perms}`);
    else if (fixupAcl([entry], [{ scheme: 'digest', id: 'user:hash' }]) === null)
      report([...path, 'acl', index], `no server takes the id ${found(entry.id)} of scheme ${found(entry.scheme)}`);
}

function checkCreate(fields: CreateFields, path: Path, report: ReportMistake): void {
  const { flags, op } = createOf(fields);
  const wrong = createPathMistake(fields.path, isSequential(flags));
  if (wrong !== null) report([...path, 'path'], `${wrong}: ${found(fields.path)}`);
  if (typeof fields.mode === 'number') return;
  const { ttl } = fields;
  if ((op === 'createTTL') !== (ttl !== undefined))
    report(
      ttl === undefined ? path : [...path, 'ttl'],
      ttl === undefined ? `mode ${fields.mode ?? ''} needs a ttl` : 'a ttl goes with one of the modes WITH_TTL',
      ttl !== undefined,
    );
  else if (ttl !== undefined && (ttl % MS !== 0 || ttl / MS > MAX_TTL_MS))
    report([...path, 'ttl'], `a ttl is a whole number of milliseconds, at most ${MAX_TTL_MS}`);
}
