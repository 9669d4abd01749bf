import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import MarkdownIt from 'markdown-it';
import { buildViewer } from './bundle-viewer.mjs';

/** Builds a site for any static host into build/site, or the folder that is named: the page itself, and the documents beside
 *  it. Every link in it is relative. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const site = process.argv[2] ?? join(root, 'build', 'site');
rmSync(site, { recursive: true, force: true });
mkdirSync(join(site, 'docs'), { recursive: true });
await buildViewer(site);
rmSync(join(site, 'one-file.js'));

// The server that comes with zabsim sends this as a header; a static host may send none.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'";
const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`;
const page = join(site, 'index.html');
writeFileSync(
  page,
  readFileSync(page, 'utf8').replace('<meta charset="utf-8" />', `<meta charset="utf-8" />\n    ${meta}`),
);

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
addAnchors(markdown);
followDocuments(markdown);

const documents = [
  { file: 'README.md', to: 'index.html' },
  { file: 'CHANGELOG.md', to: 'changelog.html' },
  { file: 'CONTRIBUTING.md', to: 'contributing.html' },
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => ({ file: join('docs', file), to: `${basename(file, '.md').toLowerCase()}.html` })),
];
const titles = documents.map(({ file }) => titleOf(readFileSync(join(root, file), 'utf8')));
documents.forEach(({ file, to }, index) => {
  const text = readFileSync(join(root, file), 'utf8');
  writeFileSync(join(site, 'docs', to), documentPage(titles[index], markdown.render(text), to));
});
for (const file of readdirSync(join(root, 'docs')))
  if (/\.(png|svg|json)$/.test(file)) writeFileSync(join(site, 'docs', file), readFileSync(join(root, 'docs', file)));
writeFileSync(
  join(site, 'docs', 'scenario.schema.json'),
  readFileSync(join(root, 'scenarios', 'scenario.schema.json')),
);
writeFileSync(join(site, 'docs', 'docs.css'), readFileSync(join(root, 'viewer', 'docs.css')));

function titleOf(text) {
  return /^# (.*)$/m.exec(text)?.[1] ?? 'zabsim';
}

function documentPage(title, body, current) {
  const entries = documents.map(({ to }, index) => {
    const here = to === current ? ' aria-current="page"' : '';
    return `<li><a href="${to}"${here}>${escaped(titles[index])}</a></li>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8" />',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'" />`,
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    `<title>${escaped(title)}</title>`,
    '<link rel="stylesheet" href="docs.css" />',
    '</head>',
    '<body>',
    `<nav aria-label="Documents"><p><a href="../index.html">The page</a></p><ul>${entries.join('')}</ul></nav>`,
    `<main>${body}</main>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function escaped(text) {
  return markdown.utils.escapeHtml(text);
}

/** Headings can be linked to, by the names that the documents already use. */
function addAnchors(md) {
  md.renderer.rules.heading_open = (tokens, index, options, _env, self) => {
    const text = tokens[index + 1]?.content ?? '';
    tokens[index].attrSet(
      'id',
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
    return self.renderToken(tokens, index, options);
  };
}

/** A link to another document leads to its page; one into the sources leads nowhere on this site, and is none. */
function followDocuments(md) {
  const usual =
    md.renderer.rules.link_open ?? ((tokens, index, options, _env, self) => self.renderToken(tokens, index, options));
  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const href = tokens[index].attrGet('href') ?? '';
    const found = /^(?:\.\/|\.\.\/)?(?:docs\/)?([A-Z]+)\.md(#.*)?$/.exec(href);
    if (found !== null) {
      const name = found[1] === 'README' ? 'index' : found[1].toLowerCase();
      tokens[index].attrSet('href', `${name}.html${found[2] ?? ''}`);
    } else if (/^docs\/[\w.-]+\.(png|svg|json)$/.test(href)) tokens[index].attrSet('href', href.slice('docs/'.length));
    else if (!/^(https:|#)/.test(href)) tokens[index].attrs = [];
    return usual(tokens, index, options, env, self);
  };
  const image = md.renderer.rules.image;
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const src = tokens[index].attrGet('src') ?? '';
    if (src.startsWith('docs/')) tokens[index].attrSet('src', src.slice('docs/'.length));
    return image(tokens, index, options, env, self);
  };
}
