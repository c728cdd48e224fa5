/**
 * Growing Markdown without reading it again: where nothing in a new piece can mean anything but its
 * letters, and what stands before it is drawn as it is written, the letters are added to the screen
 * as they are. Says nothing rather than something doubtful: then all of it is drawn anew.
 */

/** How many letters at the end are compared with what is drawn. */
const COMPARED = 40;
/** How many letters at the end say how a line goes on. */
const LOOKED_AT = 200;
/** Letters that begin and end nothing where a line has words before them. */
const PLAIN = '[A-Za-z0-9 ,.;:\'"?!%=+(\\-\\u00a1-\\u2027\\u2030-\\uffff]*';
const IS_PLAIN = new RegExp(`^${PLAIN}$`);
const PLAIN_END = new RegExp(`${PLAIN}$`);
/** What may become an address, which is drawn as a link. */
const ADDRESS = /www/i;
/** Elements whose text is drawn as it is written. */
const OF_WORDS = new Set(['P', 'LI', 'TD']);

export interface Addition {
  /** How what is drawn must end. */
  end: string;
  /** What follows it. */
  added: string;
}

/** What is new in a text, if it can only be read as letters; null where it might be more. */
export function additionTo(before: string, after: string): Addition | null {
  if (!after.startsWith(before)) {
    return null;
  }
  const written = before.trimEnd();
  const added = after.slice(written.length).trimEnd();
  if (!IS_PLAIN.test(added)) {
    return null;
  }
  // Letters of the line's end that mean themselves. Two words of them: one alone may be a mark.
  const words = (PLAIN_END.exec(written.slice(-LOOKED_AT))?.[0] ?? '').trimStart();
  if (!/\S +\S/.test(words)) {
    return null;
  }
  const touched = words.slice(words.lastIndexOf(' ') + 1) + added;
  if (ADDRESS.test(touched)) {
    return null;
  }
  return { end: words.slice(-COMPARED), added };
}

/** Add to what is drawn of a text; false where it must be drawn anew. */
export function append(host: HTMLElement, before: string, after: string): boolean {
  const addition = additionTo(before, after);
  const last = addition && lastText(host);
  if (!addition || !last?.data.endsWith(addition.end)) {
    return false;
  }
  last.appendData(addition.added);
  return true;
}

/** The text at the very end, where it stands in an element of words. */
function lastText(host: HTMLElement): Text | null {
  let node: Node | null = host;
  while (node && node.nodeType !== Node.TEXT_NODE) {
    let child: ChildNode | null = node.lastChild;
    while (child?.nodeType === Node.TEXT_NODE && !(child as Text).data.trim()) {
      child = child.previousSibling;
    }
    node = child;
  }
  return node?.parentElement && OF_WORDS.has(node.parentElement.tagName) ? (node as Text) : null;
}
