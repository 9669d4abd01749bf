/** Colours of the static picture: the palette of the page, light, and dark where the reader's screen is. */
const LIGHT =
  '--page:#fff;--text:#16191d;--muted:#525c67;--line:#ced5dc;--bad:#ab4a00;--good:#00684c;--leader:#b97f00;' +
  '--election:#a94f80;--quorum:#005f96;--client:#00684c;--past:#cc79a7;--future:#009e73';
const DARK =
  '--page:#181e25;--text:#e9eef3;--muted:#a5b2bf;--line:#35404b;--bad:#ff9a57;--good:#5fd6b0;--leader:#e6a21f;' +
  '--election:#e39cc4;--quorum:#6cc0ef;--client:#5fd6b0;--past:#cc79a7;--future:#009e73';
const EPOCHS = ['#c3cad2', '#8ec9ee', '#f2c05a', '#6fcdb0', '#e3a9c8', '#f0e77a', '#f09a5e', '#7fb4dc'];

export const SVG_STYLE = [
  `svg{${LIGHT};font:11px system-ui,"DejaVu Sans",sans-serif}`,
  `@media (prefers-color-scheme:dark){svg{${DARK}}}`,
  '.page{fill:var(--page)}.tick{stroke:var(--line);opacity:.5}.time,.label{fill:var(--muted);font-size:10px}',
  '.label{paint-order:stroke;stroke:var(--page);stroke-width:3px;stroke-linejoin:round}',
  '.host{fill:var(--text);font-weight:600;font-size:13px;text-anchor:end}',
  '.lane{stroke:var(--line);stroke-width:1.5}.past,.future{stroke:var(--past);stroke-width:20;opacity:.28}',
  '.future{stroke:var(--future)}',
  '.band{stroke:var(--muted);stroke-width:.5}.band.joins{fill-opacity:.45;stroke-dasharray:3 2}',
  '.band.leads{stroke:var(--text);stroke-width:2}.band.looking{fill:url(#looking)}',
  ...EPOCHS.map((colour, epoch) => `.e${epoch}{fill:${colour}}`),
  '.looking{fill:var(--page)}.hatch{stroke:var(--muted);stroke-width:2}',
  '.span{stroke-width:4;stroke:var(--client)}.span.pause{stroke:var(--bad);stroke-width:14;opacity:.45}',
  '.span.failed,.span.unknown{stroke:var(--bad);stroke-dasharray:4 2}.span.waiting{opacity:.4}',
  '.across{stroke-width:1.5;stroke-dasharray:6 4}.across.bad{stroke:var(--bad)}.across.good{stroke:var(--good)}',
  '.across.muted{stroke:var(--muted)}',
  '.arrow{fill:none;stroke-width:1.3}.lost{stroke:var(--bad);stroke-width:2}.bundle{opacity:.4}.apart{opacity:.15}',
  ...['election', 'quorum', 'client'].map(
    (plane) => `.${plane}{stroke:var(--${plane})}.head-${plane}{fill:var(--${plane})}`,
  ),
  '.mark.full{stroke:var(--page);stroke-width:.8}.mark.open{fill:none;stroke-width:1.8}',
  ...[
    ['text', 'text'],
    ['bad', 'bad'],
    ['good', 'good'],
    ['leader', 'leader'],
    ['epoch', 'quorum'],
    ['muted', 'muted'],
    ['client', 'client'],
  ].map(([tone, colour]) => `.mark.full.${tone}{fill:var(--${colour})}.mark.open.${tone}{stroke:var(--${colour})}`),
].join('\n');
