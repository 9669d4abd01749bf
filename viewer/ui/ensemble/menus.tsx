import { seconds, who } from '../../../report/text.ts';
import { Menu, type MenuItem } from '../shell/menu.tsx';
import { t } from '../shell/i18n.ts';
import * as hands from '../shell/hands.ts';
import { dialog, main, menu, type MenuOf } from '../shell/store.ts';
import { closeMenu } from '../shell/menu-state.ts';
import { linksOf } from './links.tsx';

/** The menu of what was chosen in the picture: all that can be done to it. */
export function EnsembleMenu() {
  const open = menu.value;
  if (open === null) return null;
  const { title, items } = contentOf(open.of);
  if (items.length === 0) return null;
  return <Menu label={title} x={open.x} y={open.y} items={items} close={closeMenu} />;
}

interface Content {
  readonly title: string;
  readonly items: readonly (MenuItem | 'line')[];
}

function contentOf(of: MenuOf): Content {
  switch (of.kind) {
    case 'server':
      return { title: t('hands.menuServer', { server: who(of.server) }), items: serverItems(of.server) };
    case 'link':
      return { title: t('hands.menuLink', { a: who(of.a), b: who(of.b) }), items: linkItems(of.a, of.b) };
    case 'client':
      return clientContent(of.client);
    case 'flight':
      return flightContent(of.event);
  }
}

function serverItems(id: number): (MenuItem | 'line')[] {
  const server = main.frame.value?.servers.find((each) => each.id === id);
  if (server === undefined) return [];
  const runs = server.up || server.starting;
  const ill = server.disk.slow || server.disk.full || server.disk.stalledUntil !== null;
  const cut = main.frame.value?.links.some(({ from, to }) => from === id || to === id) === true;
  const off = !runs;
  return [
    ...(runs
      ? [
          item('kill', t('hands.kill'), () => hands.kill(id), { danger: true }),
          item('crash', t('hands.crash'), () => hands.crash(id), { danger: true }),
          item('restart', t('hands.restart'), () => hands.restart(id)),
          item('stop', t('hands.stop'), () => hands.stop(id)),
        ]
      : [item('start', t('hands.start'), () => hands.start(id))]),
    server.paused
      ? item('resume', t('hands.resume'), () => hands.resumeServer(id))
      : item('pause', t('hands.pause'), () => hands.pauseServer(id), { disabled: off }),
    'line',
    cut
      ? item('rejoin', t('hands.rejoin'), () => hands.rejoin(id))
      : item('isolate', t('hands.isolate'), () => hands.isolate(id)),
    ill
      ? item('mend-disk', t('hands.fastDisk'), () => hands.mendDisk(id))
      : item('slow-disk', t('hands.slowDisk'), () => hands.slowDisk(id)),
    item('drift', t('hands.drift'), () => (dialog.value = { kind: 'drift', server: id }), {
      hint: server.driftPpm === 0 ? '' : `${server.driftPpm} ppm`,
    }),
    'line',
    item('write', t('hands.writeHere'), () => hands.write(id), { disabled: main.about.value?.clients.length === 0 }),
  ];
}

function linkItems(a: number, b: number): (MenuItem | 'line')[] {
  const frame = main.frame.value;
  const link = frame === null ? undefined : linksOf(frame).find((each) => each.a === a && each.b === b);
  const one = (from: number, to: number): string => t('hands.cutOneWay', { from: who(from), to: who(to) });
  return [
    item('cut', t('hands.cut'), () => hands.cut(a, b, false), { danger: true }),
    item('cut-forth', one(a, b), () => hands.cut(a, b, true)),
    item('cut-back', one(b, a), () => hands.cut(b, a, true)),
    item('clog', t('hands.clog', { duration: seconds(hands.CLOG) }), () => hands.clog(a, b)),
    item('slow', t('hands.slowLink'), () => hands.slowLink(a, b)),
    item('reset', t('hands.reset'), () => hands.resetLink(a, b)),
    'line',
    item('heal', t('hands.healLink'), () => hands.healLink(a, b), {
      disabled: link === undefined || link.state === 'free',
    }),
  ];
}

function clientContent(id: number): Content {
  const name = main.about.value?.clients[-id - 1];
  const request = (op: 'write' | 'read' | 'sync'): void => {
    if (name === undefined) return;
    const value = op === 'write' ? hands.nextValue() : 0;
    hands.submit({ op, client: name, server: null, key: hands.HAND_KEY, value });
  };
  return {
    title: t('hands.menuClient', { client: name ?? '' }),
    items: [
      item('write', t('hands.write'), () => request('write')),
      item('read', t('hands.read'), () => request('read')),
      item('sync', t('hands.sync'), () => request('sync')),
      item('request', t('command.request'), () => (dialog.value = { kind: 'write' })),
    ],
  };
}

/** A message is chosen while time stands still, or it is gone before the menu is read. */
function flightContent(event: number): Content {
  const flight = main.frame.value?.flights.find((each) => each.event === event);
  if (flight === undefined) return { title: '', items: [] };
  return {
    title: t('hands.menuMessage', { kind: flight.words, from: who(flight.from), to: who(flight.to) }),
    items: [
      item('drop', t('hands.drop'), () => hands.dropMessage(flight), { danger: true }),
      ...hands.DELAYS.map((duration, i) =>
        item(i === 0 ? 'delay' : `delay-${i}`, t('hands.delay', { duration: seconds(duration) }), () =>
          hands.delayMessage(flight, duration),
        ),
      ),
    ],
  };
}

function item(
  id: string,
  label: string,
  run: () => void,
  more: { readonly danger?: boolean; readonly disabled?: boolean; readonly hint?: string } = {},
): MenuItem {
  return { id, label, run, ...more };
}
