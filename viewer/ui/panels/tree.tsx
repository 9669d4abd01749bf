import { useState } from 'preact/hooks';
import { thousands, who, zxidText } from '../../../report/text.ts';
import type { NodeRow, SessionRow } from '../../protocol.ts';
import { t } from '../shell/i18n.ts';
import { main } from '../shell/store.ts';
import { useAsked } from './asked.ts';

/** More rows than this nobody reads. */
const MOST = 500;

/** The znodes and sessions that one server has in memory at the moment shown. */
export function Tree() {
  const servers = main.about.value?.servers ?? [];
  const frame = main.frame.value;
  const [chosen, setChosen] = useState(0);
  const server = servers.includes(chosen) ? chosen : ((frame?.leader || servers[0]) ?? 0);
  const up = frame?.servers.find(({ id }) => id === server)?.up === true;
  const key = `${main.about.value?.name} ${server} ${frame?.position.events ?? 0}`;
  const answer = useAsked({ kind: 'tree', session: 'main', server }, key);
  return (
    <div class="tree" data-test="tree">
      <div class="segments" role="group" aria-label={t('tree.server')}>
        {servers.map((id) => (
          <button key={id} type="button" class="button" aria-pressed={id === server} onClick={() => setChosen(id)}>
            {who(id)}
          </button>
        ))}
      </div>
      {!up && <p class="empty">{t('tree.down')}</p>}
      {up && answer?.kind === 'tree' && (
        <>
          <Nodes nodes={answer.nodes} />
          <h3>{t('tree.sessions')}</h3>
          <Sessions sessions={answer.sessions} />
        </>
      )}
    </div>
  );
}

function Nodes({ nodes }: { readonly nodes: readonly NodeRow[] }) {
  return (
    <>
      {nodes.length > MOST && <p>{t('tree.cut', { n: MOST, all: thousands(nodes.length) })}</p>}
      <table class="plain-table tree-table">
        <thead>
          <tr>
            <th scope="col">{t('tree.path')}</th>
            <th scope="col">{t('tree.data')}</th>
            <th scope="col">{t('tree.kind')}</th>
            <th scope="col">{t('tree.version')}</th>
            <th scope="col">{t('tree.changed')}</th>
          </tr>
        </thead>
        <tbody>
          {nodes.slice(0, MOST).map((node) => (
            <Node key={node.path} node={node} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Node({ node }: { readonly node: NodeRow }) {
  const { path, data, bytes, kind, owner, version, cversion, mzxid, children } = node;
  const depth = path === '/' ? 0 : path.split('/').length - 1;
  const name = path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1);
  return (
    <tr data-path={path}>
      <th scope="row" class={`depth-${Math.min(8, depth)}`} title={path}>
        <span aria-hidden="true">{name}</span>
        <span class="unseen">{path}</span>
        {children > 0 && <small> {children}</small>}
      </th>
      <td class="mono">
        {data ?? <span class="muted">null</span>}
        {data !== null && data.length < bytes && <small> … {t('tree.bytes', { n: thousands(bytes) })}</small>}
      </td>
      <td>
        {owner === null ? <span class="muted">{kind}</span> : t('tree.owner', { session: `0x${owner.toString(16)}` })}
      </td>
      <td class="mono">
        {version} <small class="muted">c{cversion}</small>
      </td>
      <td class="mono">{zxidText(mzxid)}</td>
    </tr>
  );
}

function Sessions({ sessions }: { readonly sessions: readonly SessionRow[] }) {
  if (sessions.length === 0) return <p class="muted">{t('tree.noSessions')}</p>;
  return (
    <table class="plain-table">
      <thead>
        <tr>
          <th scope="col">{t('tree.session')}</th>
          <th scope="col">{t('tree.timeout')}</th>
          <th scope="col">{t('tree.here')}</th>
          <th scope="col">{t('tree.expires')}</th>
        </tr>
      </thead>
      <tbody>
        {sessions.map(({ session, timeoutMs, here, expiresInTicks }) => (
          <tr key={session}>
            <th scope="row" class="mono">
              0x{session.toString(16)}
            </th>
            <td>{thousands(timeoutMs)} ms</td>
            <td>{t(here ? 'tree.yes' : 'tree.no')}</td>
            <td>{expiresInTicks === null ? '–' : t('tree.ticks', { n: expiresInTicks })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
