/** Pictures of 24 by 24, drawn with the colour of the text around them; always beside a name that can be read aloud. */
const PATHS = {
  play: 'M7 4.5v15l13-7.5z',
  pause: 'M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z',
  stepForward: 'M5 5v14l9-7zM16 5h3v14h-3z',
  stepBack: 'M19 5v14l-9-7zM5 5h3v14H5z',
  toStart: 'M20 5v14l-7.5-7zM12.5 5v14L5 12zM4 5h2v14H4z',
  toEnd: 'M4 5v14l7.5-7zM11.5 5v14l7.5-7zM18 5h2v14h-2z',
  close: 'M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z',
  share:
    'M17 3a3 3 0 1 1-2.2 5L9.7 11a3 3 0 0 1 0 2l5.1 3a3 3 0 1 1-.8 1.8l-5.1-3a3 3 0 1 1 0-5.6l5.1-3A3 3 0 0 1 17 3z',
  save: 'M11 3h2v9.2l3.3-3.3 1.4 1.4L12 16l-5.7-5.7 1.4-1.4 3.3 3.3zM4 18h16v3H4z',
  fork:
    'M6 2.5a3 3 0 0 1 1 5.8v7.4a3 3 0 1 1-2 0V8.3a3 3 0 0 1 1-5.8zm12 0a3 3 0 0 1 1 5.8V10' +
    'c0 3-2 4-5 4.5-2 .3-3 .7-3.6 1.5L9 14.7c1-1.2 2.5-1.9 4.6-2.2C16 12.2 17 11.7 17 10V8.3' +
    'a3 3 0 0 1 1-5.8z',
  heal: 'M10 3h4v7h7v4h-7v7h-4v-7H3v-4h7z',
  sun:
    'M12 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM11 1h2v4h-2zM11 19h2v4h-2zM1 11h4v2H1zM19 11h4v2h-4zM3.5 4.9' +
    'l1.4-1.4 2.9 2.9-1.4 1.4zM16.2 17.6l1.4-1.4 2.9 2.9-1.4 1.4zM3.5 19.1l2.9-2.9 1.4 1.4-2.9 2.9z' +
    'M16.2 6.4l2.9-2.9 1.4 1.4-2.9 2.9z',
  moon: 'M14 2.5A9.5 9.5 0 1 0 21.5 14 8 8 0 0 1 14 2.5z',
  language:
    'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 2c-.9 0-2.2 2.1-2.7 5h5.4C14.2 6.1 12.9 4 12 4zM7.3 9' +
    'c.2-1.5.6-2.9 1.2-4A8 8 0 0 0 4.6 9zm9.4 0h2.7a8 8 0 0 0-3.9-4c.6 1.1 1 2.5 1.2 4zM4.1 11' +
    'a8 8 0 0 0 0 2h3a20 20 0 0 1 0-2zm5 0a18 18 0 0 0 0 2h5.8a18 18 0 0 0 0-2zm7.8 0a20 20 0 0 1 0 2h3' +
    'a8 8 0 0 0 0-2zM4.6 15a8 8 0 0 0 3.9 4c-.6-1.1-1-2.5-1.2-4zm4.7 0c.5 2.9 1.8 5 2.7 5s2.2-2.1 2.7-5z' +
    'm7.4 0c-.2 1.5-.6 2.9-1.2 4a8 8 0 0 0 3.9-4z',
  help:
    'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm-1 11.5h2v2h-2zM12 6.5' +
    'c2 0 3.6 1.3 3.6 3.2 0 1.4-.8 2.1-1.6 2.7-.7.5-1 .8-1 1.6h-2' +
    'c0-1.8.9-2.5 1.7-3.1.6-.4.9-.7.9-1.2 0-.7-.6-1.2-1.6-1.2s-1.6.6-1.7 1.5l-2-.2c.2-2 1.7-3.3 3.7-3.3z',
  lessons:
    'M12 5.5C10 4 7 3.5 3 3.5v15c4 0 7 .5 9 2 2-1.5 5-2 9-2v-15c-4 0-7 .5-9 2zm-7 .1c2.5.1 4.5.6 6 1.5' +
    'v10.8c-1.7-.7-3.7-1.2-6-1.3zm14 0v11c-2.3.1-4.3.6-6 1.3V7.1c1.5-.9 3.5-1.4 6-1.5z',
  open: 'M3 5h7l2 2.5h9V19H3zm2 2v10h14V9.5h-8L9 7z',
  write: 'M4 16.5 15.5 5l3.5 3.5L7.5 20H4zM16.5 4l1.5-1.5L21.5 6 20 7.5z',
  partition: 'M11 2h2v4h-2zM11 8h2v3h-2zM11 13h2v3h-2zM11 18h2v4h-2zM2 8h6v8H2zM16 8h6v8h-6z',
  dots: 'M4 10h4v4H4zM10 10h4v4h-4zM16 10h4v4h-4z',
  warning: 'M12 2.5 23 21H1zm0 4L4.5 19h15zM11 10h2v5h-2zM11 16h2v2h-2z',
  undo: 'M9 4v4h5a6 6 0 0 1 0 12H6v-2.5h8a3.5 3.5 0 0 0 0-7H9v4L2.5 9.3z',
  check: 'M9.5 17.5 3.5 11.5l1.6-1.6 4.4 4.4L19 4.8l1.6 1.6z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
