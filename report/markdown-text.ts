import MarkdownIt, { type Token } from 'markdown-it';
import type { Paint } from './paint.ts';
import { WIDTH, wrap } from './text.ts';

/** Markdown for a terminal: headings, paragraphs, lists, code and tables, in lines of at most `WIDTH` columns but for code and
 *  tables, which stay as they are. HTML in it is text. */
export function markdownLines(source: string, paint: Paint): string[] {
  const tokens = new MarkdownIt({ html: false, linkify: false }).parse(source, {});
  const lines: string[] = [];
  const lists: { ordered: boolean; next: number }[] = [];
  let first = '';
  const paragraph = (text: string): void => {
    const indent = '  '.repeat(lists.length);
    lines.push(...wrap(text, first === '' ? indent : first, indent.length));
    first = '';
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    switch (token.type) {
      case 'heading_open':
        lines.push(paint.title(inline(tokens[at + 1], paint)), '');
        at += 2;
        break;
      case 'inline':
        paragraph(inline(token, paint));
        break;
      case 'paragraph_close':
        if (lists.length === 0) lines.push('');
        break;
      case 'bullet_list_open':
      case 'ordered_list_open':
        lists.push({ ordered: token.type === 'ordered_list_open', next: 1 });
        break;
      case 'bullet_list_close':
      case 'ordered_list_close':
        lists.pop();
        if (lists.length === 0) lines.push('');
        break;
      case 'list_item_open': {
        const list = lists.at(-1)!;
        first = '  '.repeat(lists.length - 1) + (list.ordered ? `${list.next++}.` : '-').padEnd(list.ordered ? 3 : 2);
        break;
      }
      case 'fence':
      case 'code_block':
        lines.push(
          ...token.content
            .trimEnd()
            .split('\n')
            .map((line) => paint.dim(`    ${line}`.trimEnd())),
          '',
        );
        break;
      case 'table_open':
        at = tableLines(tokens, at, lines, paint);
        break;
      case 'hr':
        lines.push('-'.repeat(WIDTH), '');
        break;
    }
  }
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function inline(token: Token | undefined, paint: Paint): string {
  let text = '';
  let strong = 0;
  for (const child of token?.children ?? []) {
    if (child.type === 'strong_open') strong++;
    else if (child.type === 'strong_close') strong--;
    else if (child.type === 'softbreak' || child.type === 'hardbreak') text += ' ';
    else if (child.type === 'code_inline') text += paint.follower(child.content);
    else if (child.type === 'text') text += strong > 0 ? paint.title(child.content) : child.content;
  }
  return text;
}

/** Rows as a list: what stands in the first column, then the others, wrapped. Returns where the table ends. */
function tableLines(tokens: readonly Token[], from: number, lines: string[], paint: Paint): number {
  let cells: string[] = [];
  let at = from;
  for (; tokens[at]?.type !== 'table_close'; at++) {
    const token = tokens[at]!;
    if (token.type === 'inline') cells.push(inline(token, paint));
    if (token.type !== 'tr_close') continue;
    const [head = '', ...rest] = cells;
    lines.push(...wrap(head, '  ', 2), ...wrap(rest.join('; '), '      ', 6));
    cells = [];
  }
  lines.push('');
  return at;
}
