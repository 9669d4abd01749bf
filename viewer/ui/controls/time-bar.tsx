import { useEffect, useRef, useState } from 'preact/hooks';
import { seconds, thousands } from '../../../report/text.ts';
import type { Landmark } from '../../protocol.ts';
import { withKey } from '../shell/commands.ts';
import { t, type PlainKey } from '../shell/i18n.ts';
import { Icon, type IconName } from '../shell/icons.tsx';
import { comparing, dialog, main } from '../shell/store.ts';
import * as hands from '../shell/hands.ts';
import * as time from '../shell/time.ts';
import { MarkSign, Marks } from './marks.tsx';

/** Time: where the run is, how fast it goes, where it may jump; and below it what hands can do at once. */
export function TimeBar() {
  return (
    <footer class="time" role="region" aria-label={t('time.transport')}>
      <Transport />
      <Scrub />
      <Clock />
      <div class="time-row">
        <Speed />
        <Jumps />
        <Hands />
      </div>
    </footer>
  );
}

interface TipButtonProps {
  readonly icon: IconName;
  readonly name: string;
  readonly command: PlainKey;
  readonly run: () => void;
  readonly class?: string;
  readonly test?: string;
  readonly disabled?: boolean;
}

/** A button that is a picture, with its name and key as a tip. */
export function TipButton({ icon, name, command, run, class: more = '', test, disabled = false }: TipButtonProps) {
  return (
    <button
      type="button"
      class={`icon-button ${more}`}
      aria-label={name}
      title={withKey(name, command)}
      data-test={test ?? command}
      disabled={disabled}
      onClick={run}
    >
      <Icon name={icon} />
    </button>
  );
}

function Transport() {
  const { playing } = time;
  const frame = main.frame.value;
  const atStart = frame === null || frame.position.events === 0;
  const ended = frame?.ended === true;
  return (
    <div class="transport" role="group" aria-label={t('time.transport')}>
      <TipButton icon="toStart" name={t('time.start')} command="command.start" run={time.toStart} />
      <TipButton
        icon="stepBack"
        name={t('time.back')}
        command="command.back"
        run={() => time.step(-1)}
        disabled={atStart}
      />
      <TipButton
        icon={playing.value ? 'pause' : 'play'}
        name={playing.value ? t('time.pause') : t('time.play')}
        command="command.play"
        class="play button-main"
        run={time.togglePlay}
      />
      <TipButton
        icon="stepForward"
        name={t('time.step')}
        command="command.step"
        run={() => time.step(1)}
        disabled={ended}
      />
      <TipButton icon="toEnd" name={t('time.end')} command="command.end" run={time.toEnd} />
    </div>
  );
}

function Clock() {
  const frame = main.frame.value;
  const events = frame?.position.traced ?? 0;
  return (
    <div
      class="clock"
      data-test="clock"
      data-hash={frame?.hash ?? ''}
      data-traced={events}
      data-at={Math.floor(frame?.position.at ?? 0)}
    >
      <strong>{seconds(time.shownAt.value)}</strong>
      <small>{t('time.event', { event: thousands(events) })}</small>
    </div>
  );
}

/** Keys move the bar by so many parts of the whole, or by somewhat smaller ones. */
const PARTS = 500;

/** The largest of 1, 2, 5, 10, 20, 50 ... microseconds that is not above `most`: what the bar is put to is a round time. */
function roundStep(most: number): number {
  let power = 1;
  while (power * 10 <= most) power *= 10;
  return power * (most >= power * 5 ? 5 : most >= power * 2 ? 2 : 1);
}

function Scrub() {
  const bar = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    if (bar.current === null) return undefined;
    const watch = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    watch.observe(bar.current);
    return () => watch.disconnect();
  }, []);
  const endAt = main.about.value?.endAt ?? 1;
  const frame = main.frame.value;
  const at = time.shownAt.value;
  return (
    <div class="scrub" ref={bar}>
      <Marks width={width} endAt={endAt} />
      <input
        type="range"
        min={0}
        max={endAt}
        step={roundStep(endAt / PARTS)}
        value={at}
        aria-label={t('time.scrub')}
        aria-valuetext={t('time.position', { at: seconds(at), event: thousands(frame?.position.traced ?? 0) })}
        data-test="scrub"
        onInput={(event) => time.scrubTo(Number(event.currentTarget.value))}
      />
    </div>
  );
}

function Speed() {
  const chosen = time.speed.value;
  return (
    <div class="group">
      <label class="group">
        <span class="group-label">{t('time.speed')}</span>
        <select
          class="small"
          value={String(chosen)}
          data-test="speed"
          onChange={(event) => {
            const { value } = event.currentTarget;
            time.setSpeed(value === 'follow' ? 'follow' : Number(value));
          }}
        >
          <option value="follow">{t('time.follow')}</option>
          {time.RATES.map((rate) => (
            <option key={rate} value={String(rate)}>
              {t('time.rate', { rate: rateWords(rate) })}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function rateWords(rate: number): string {
  if (rate < 1000) return `${rate} µs`;
  return rate < 1_000_000 ? `${rate / 1000} ms` : `${rate / 1_000_000} s`;
}

const JUMPS = [
  {
    to: 'election',
    mark: 'election',
    name: 'time.election',
    next: 'command.nextElection',
    back: 'command.previousElection',
  },
  { to: 'commit', mark: 'commit', name: 'time.commit', next: 'command.nextCommit', back: 'command.previousCommit' },
  { to: 'fault', mark: 'fault', name: 'time.fault', next: 'command.nextFault', back: 'command.previousFault' },
  {
    to: 'violation',
    mark: 'violation',
    name: 'time.violation',
    next: 'command.nextViolation',
    back: 'command.previousViolation',
  },
] as const satisfies readonly { to: Landmark; mark: string; name: PlainKey; next: PlainKey; back: PlainKey }[];

function Jumps() {
  return (
    <div class="group" role="group" aria-label={t('time.jump')}>
      <span class="group-label">{t('time.jump')}</span>
      {JUMPS.map(({ to, mark, name, next, back }) => {
        const what = t(name);
        return (
          <span class="jump" key={to}>
            <TipButton
              icon="stepBack"
              name={t('time.previous', { what })}
              command={back}
              run={() => time.jump(to, -1)}
            />
            <span class="jump-name">
              <MarkSign kind={mark} />
              {what}
            </span>
            <TipButton icon="stepForward" name={t('time.next', { what })} command={next} run={() => time.jump(to, 1)} />
          </span>
        );
      })}
    </div>
  );
}

function Hands() {
  const about = main.about.value;
  const noClient = about === null || about.clients.length === 0;
  const wounded = (main.frame.value?.links.length ?? 0) > 0;
  const done = main.frame.value?.hands.length ?? 0;
  return (
    <div class="group hands" role="group" aria-label={t('hands.group')}>
      <span class="group-label">{t('hands.group')}</span>
      <TextButton
        icon="write"
        name={t('hands.write')}
        command="command.write"
        run={() => hands.write()}
        disabled={noClient}
      />
      <TextButton
        icon="partition"
        name={t('hands.partition')}
        command="command.partition"
        run={() => (dialog.value = { kind: 'partition' })}
      />
      <TextButton icon="heal" name={t('hands.heal')} command="command.allUp" run={hands.healAll} disabled={!wounded} />
      <TextButton
        icon="fork"
        name={t('action.fork')}
        command="command.fork"
        run={hands.fork}
        disabled={comparing.value}
      />
      <TextButton icon="undo" name={t('hands.undo')} command="command.undo" run={hands.undo} disabled={done === 0} />
    </div>
  );
}

interface TextButtonProps {
  readonly icon: IconName;
  readonly name: string;
  readonly command: PlainKey;
  readonly run: () => void;
  readonly disabled?: boolean;
}

export function TextButton({ icon, name, command, run, disabled = false }: TextButtonProps) {
  return (
    <button
      type="button"
      class="button"
      title={withKey(t(command), command)}
      data-test={command}
      disabled={disabled}
      onClick={run}
    >
      <Icon name={icon} />
      <span class="button-name">{name}</span>
    </button>
  );
}
