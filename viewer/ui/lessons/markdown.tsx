import MarkdownIt, { type Token } from 'markdown-it';
import { type ComponentChildren, h } from 'preact';

const reader = new MarkdownIt({ html: false, linkify: false, typographer: false });

/** Elements that a text may have. Whatever else Markdown knows (links, pictures) is shown as its words. */
const BLOCKS: ReadonlySet<string> = new Set([
  'p',
  'h1',
  'h2',
  'h3',
  'h4',
  'ul',
  'ol',
  'li',
  'blockquote',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'strong',
  'em',
]);

/** Markdown as elements, never as HTML: a script in it is text. */
export function Markdown({ source }: { readonly source: string }) {
  return <div class="prose">{childrenOf(reader.parse(source, {}))}</div>;
}

function childrenOf(tokens: readonly Token[]): ComponentChildren[] {
  const stack: { tag: string | null; children: ComponentChildren[] }[] = [{ tag: null, children: [] }];
  const add = (child: ComponentChildren): void => void stack.at(-1)!.children.push(child);
  for (const token of tokens) {
    if (token.type === 'inline') for (const child of childrenOf(token.children ?? [])) add(child);
    else if (token.type === 'text') add(token.content);
    else if (token.type === 'code_inline') add(<code>{token.content}</code>);
    else if (token.type === 'fence' || token.type === 'code_block')
      add(
        <pre tabIndex={0}>
          <code>{token.content}</code>
        </pre>,
      );
    else if (token.type === 'softbreak') add(' ');
    else if (token.type === 'hardbreak') add(<br />);
    else if (token.type === 'image') add(token.content);
    else if (token.nesting === 1) stack.push({ tag: BLOCKS.has(token.tag) ? token.tag : null, children: [] });
    else if (token.nesting === -1) {
      const { tag, children } = stack.pop()!;
      // A paragraph inside a tight list is only its words.
      if (tag === null || token.hidden) for (const child of children) add(child);
      else add(h(lowered(tag), null, ...children));
    }
  }
  return stack[0]!.children;
}

/** The page has its own first headings. */
function lowered(tag: string): string {
  return tag === 'h1' ? 'h2' : tag === 'h2' ? 'h3' : tag === 'h3' || tag === 'h4' ? 'h4' : tag;
}
