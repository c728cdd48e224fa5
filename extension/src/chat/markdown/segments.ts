/**
 * Markdown to prose and code, exactly as CommonMark reads it and one line at a time.
 *
 * The browser's half of library/code/extract.py, held to the same cases (tests/library/fences.json). A
 * segment that has ended never changes when more text comes, so a growing answer is scanned once
 * and only its last segment is drawn again. Long prose is cut at blank lines between blocks, a very
 * long paragraph between words where nothing is open. Does not render.
 */
import { Line } from './lines';

export interface ProseSegment {
  kind: 'prose';
  text: string;
  closed: boolean;
  /** Whether the paragraph at its end goes on in the next segment. */
  flows?: boolean;
}

export interface CodeSegment {
  kind: 'code';
  /** The info string's first word in lower case; empty where there is none. */
  language: string;
  /** What stands between the fences, without the last line end. */
  code: string;
  /** Whether it has ended: by a fence, or with the list or quote around it. */
  closed: boolean;
}

export type Segment = ProseSegment | CodeSegment;

/** The segments of a whole text. */
export function split(text: string): Segment[] {
  const splitter = new Splitter();
  splitter.push(text);
  splitter.end();
  return splitter.segments();
}

/** Prose longer than this is cut at the next blank line between blocks. */
const LONG_PROSE = 1200;
/** A paragraph that is longer goes on in a segment of its own. */
const LONG_PARAGRAPH = 1600;
/** How a line begins that begins no block of its own. */
const PLAIN_START = /^(?:[A-Za-z\u00c0-\uffff("']|\d(?!\d{0,8}[.)](?:\s|$)))/;
/** What has opened and ended, and the underscores inside words. */
const WHOLE =
  /(?<!`)`[^`]+`(?!`)|(?<![*\\])\*{1,2}(?=[^\s*])[^*_`[\]<>\\]*[^\s*_`[\]<>\\]\*{1,2}(?!\*)|\[[^[\]\\<>`*_]*\]\([^()\s<>\\`*_]*\)|(?<=\w)_+(?=\w)/g;
const OPENING = /[`*_[\]<$~\\|\0\r\n]|^\s|!\s*$| {2}$/;

interface Container {
  isQuote: boolean;
  /** Columns at which a list item's content begins. */
  width: number;
  isEmpty: boolean;
}

interface OpenFence {
  kind: 'fence';
  mark: string;
  length: number;
  indent: number;
  language: string;
  lines: string[];
}

interface OpenHtml {
  kind: 'html';
  end: RegExp | null;
}

type Leaf = OpenFence | OpenHtml | 'paragraph' | 'indented' | null;

const OPEN = /^(?:`{3,}(?!.*`)|~{3,})/;
const CLOSE = /^(`{3,}|~{3,})[ \t]*$/;
const HEADING = /^#{1,6}(?:[ \t]|$)/;
const UNDERLINE = /^(?:=+|-+)[ \t]*$/;
const RULE = /^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/;
const BULLET = /^[*+-](?=[ \t]|$)/;
const NUMBER = /^(\d{1,9})[.)](?=[ \t]|$)/;
const ESCAPED = /\\([!-/:-@[-`{-~])/g;

const NAME = '[A-Za-z][A-Za-z0-9-]*';
const VALUE = '(?:[^"\'=<>`\\x00-\\x20]+|\'[^\']*\'|"[^"]*")';
const ATTRIBUTE = `(?:\\s+[a-zA-Z_:][a-zA-Z0-9:._-]*(?:\\s*=\\s*${VALUE})?)`;
const BLOCK_TAGS =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|' +
  'dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|' +
  'header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|' +
  'param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';
/** How an HTML block begins, and how it ends (null: at a blank line). In such a block no fence opens. */
const HTML: Array<[RegExp, RegExp | null]> = [
  [/^<(?:script|pre|textarea|style)(?:\s|>|$)/i, /<\/(?:script|pre|textarea|style)>/i],
  [/^<!--/, /-->/],
  [/^<[?]/, /\?>/],
  [/^<![A-Za-z]/, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [new RegExp(`^</?(?:${BLOCK_TAGS})(?:\\s|/?>|$)`, 'i'), null],
  [new RegExp(`^(?:<${NAME}${ATTRIBUTE}*\\s*/?>|</${NAME}\\s*>)\\s*$`), null]
];
/** Elements that hold other blocks: prose is not cut inside them. */
const HOLDER = /<(\/?)(?:details|div|table|center|section|ul|ol|blockquote|dl|figure)\b/gi;
/** A last line that may still become a fence is not shown before its end has come. */
const MAYBE_FENCE = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:`{1,2}|`{3,}[^`]*|~{1,2}|~{3,}.*)$/;

/** Reads a text piece by piece; holds the segments that have ended and the one that has not. */
export class Splitter {
  /** How many UTF-16 code units have been read. */
  length = 0;
  private _closed: Segment[] = [];
  private _rest = '';
  private _containers: Container[] = [];
  private _leaf: Leaf = null;
  private _prose: string[] = [];
  private _proseLength = 0;
  /** How many of the open containers were around the fence that this prose follows. */
  private _base = 0;
  private _isAfterBlank = false;
  private _isAfterList = false;
  private _openHolders = 0;
  /** Where in the prose the open paragraph begins. */
  private _paragraph = 0;

  /** Read another piece; a line counts once its end has come. */
  push(piece: string): void {
    this.length += piece.length;
    const text = this._rest + piece;
    let done = 0;
    const line = /[^\r\n]*(?:\r\n|\n|\r)/y;
    for (let found = line.exec(text); found; found = line.exec(text)) {
      if (line.lastIndex === text.length && text.endsWith('\r')) {
        break; // its \n may be in the next piece
      }
      this._line(found[0].replace(/[\r\n]+$/, ''));
      done = line.lastIndex;
    }
    this._rest = text.slice(done);
    if (this._rest.length > LONG_PARAGRAPH) {
      this._cutLine();
    }
  }

  /** Take what is left as the last line: no more text comes. */
  end(): void {
    if (this._rest) {
      const rest = this._rest.replace(/\r$/, '');
      this._rest = '';
      this._line(rest);
    }
    if (typeof this._leaf === 'object' && this._leaf?.kind === 'fence') {
      return;
    }
    this._endProse();
  }

  /** Everything so far. Those that have ended are the same objects every time. */
  segments(): Segment[] {
    const last = this._open();
    return last ? [...this._closed, last] : [...this._closed];
  }

  private _open(): Segment | null {
    const leaf = this._leaf;
    if (typeof leaf === 'object' && leaf?.kind === 'fence') {
      const tail = this._codeTail(leaf);
      const lines = tail === null ? leaf.lines : [...leaf.lines, tail];
      return { kind: 'code', language: leaf.language, code: lines.join('\n'), closed: false };
    }
    const tail = this._rest && !MAYBE_FENCE.test(this._rest) ? [this._rest] : [];
    const text = [...this._prose, ...tail].join('\n');
    return text.trim() ? { kind: 'prose', text, closed: false } : null;
  }

  private _codeTail(fence: OpenFence): string | null {
    if (!this._rest || this._rest === '\r') {
      return null;
    }
    const line = new Line(this._rest.replace(/\r$/, ''));
    if (this._match(line) < this._containers.length || line.isBlank) {
      return null;
    }
    const rest = line.rest.trimEnd();
    if (line.indent <= 3 && rest === fence.mark.repeat(rest.length)) {
      return null;
    }
    line.advance(Math.min(line.indent, fence.indent));
    return line.remainder;
  }

  // -- one line -----------------------------------------------------------------------------

  private _line(raw: string): void {
    const line = new Line(raw.replace(/\0/g, '\ufffd'));
    const before = this._leaf;
    const level = { matched: 0, shown: '' };
    level.matched = this._match(line, level);
    const whole = level.matched === this._containers.length;
    if (typeof before === 'object' && before?.kind === 'fence') {
      if (whole) {
        this._inFence(before, line);
        return;
      }
      this._endFence(before);
      level.shown = this._shownAt(raw, level.matched);
    }
    this._base = Math.min(this._base, level.matched);
    const isBlank = line.isBlank;
    this._scan(line, level.matched, whole);
    const now: Leaf = this._leaf;
    if (typeof now === 'object' && now?.kind === 'fence' && now !== before) {
      const marker = level.shown.slice(0, level.shown.length - line.rest.length);
      if (/[-*+\d]/.test(marker)) {
        this._addProse(marker.trimEnd());
      }
      this._endProse();
      return;
    }
    if (!isBlank) {
      this._cutProse(before, level.matched);
      this._cutParagraph(before, raw);
      this._isAfterList = this._containers.length > 0 && !this._containers[0].isQuote;
    }
    this._isAfterBlank = isBlank;
    this._addProse(level.shown);
  }

  /** Find the blocks that go on and those that begin on this line, which is in no fence. */
  private _scan(line: Line, matched: number, whole: boolean): void {
    if (whole && typeof this._leaf === 'object' && this._leaf?.kind === 'html') {
      const end = this._leaf.end;
      if (end === null && line.isBlank) {
        this._leaf = null;
      } else {
        if (end?.test(line.remainder)) {
          this._leaf = null;
        }
        return;
      }
    }
    if (whole && this._leaf === 'indented') {
      if (line.isBlank || line.indent >= 4) {
        return;
      }
      this._leaf = null;
    }
    if (whole && this._leaf === 'paragraph' && line.isBlank) {
      this._leaf = null;
      return;
    }
    this._begin(line, matched, this._leaf === 'paragraph');
  }

  /** Say how many of the open containers this line continues. */
  private _match(line: Line, level?: { shown: string }): number {
    let quotes = '';
    for (let number = 0; number <= this._containers.length; number += 1) {
      if (level && number <= this._base) {
        level.shown = quotes + line.remainder;
      }
      const container = this._containers[number];
      if (container === undefined) {
        break;
      }
      if (container.isQuote) {
        if (line.indent > 3 || line.peek !== '>') {
          return number;
        }
        line.skipQuoteMark();
        quotes += '> ';
      } else if (line.isBlank) {
        if (container.isEmpty) {
          return number;
        }
        line.skipIndent();
      } else if (line.indent >= container.width) {
        line.advance(container.width);
      } else {
        return number;
      }
    }
    return this._containers.length;
  }

  /** The line as prose shows it after a fence has ended with the containers around it. */
  private _shownAt(raw: string, matched: number): string {
    this._base = matched;
    const level = { shown: raw };
    this._match(new Line(raw), level);
    return level.shown;
  }

  /** Open the blocks that begin on this line, then give it its text. */
  private _begin(line: Line, matched: number, paragraph: boolean): void {
    let whole = matched === this._containers.length;
    let tip: boolean;
    for (;;) {
      tip = paragraph && this._leaf === 'paragraph';
      const continues = tip && whole;
      if (line.isBlank) {
        break;
      }
      if (line.indent > 3) {
        if (!tip) {
          this._cut(matched);
          this._leaf = 'indented';
          this._fill();
          return;
        }
        break;
      }
      const rest = line.rest;
      if (rest[0] === '>') {
        this._cut(matched);
        line.skipQuoteMark();
        this._push({ isQuote: true, width: 0, isEmpty: true });
      } else if (this._isLeaf(rest, matched, continues, tip, line.indent)) {
        return;
      } else {
        const width = listItem(line, continues);
        if (width === null) {
          break;
        }
        this._cut(matched);
        this._push({ isQuote: false, width, isEmpty: true });
      }
      matched = this._containers.length;
      whole = true;
    }
    if (line.isBlank) {
      // A blank line ends what it does not continue; the quote or item that it opened stays.
      this._cut(matched);
    } else if (!tip) {
      this._cut(matched);
      this._leaf = 'paragraph';
      this._fill();
    }
  }

  /** Open the block that takes the whole line, if one begins here. */
  private _isLeaf(
    rest: string,
    matched: number,
    continues: boolean,
    tip: boolean,
    indent: number
  ): boolean {
    if (HEADING.test(rest)) {
      this._cut(matched);
      this._fill();
      return true;
    }
    const opened = OPEN.exec(rest);
    if (opened) {
      this._cut(matched);
      const length = opened[0].length;
      const language = languageOf(rest.slice(length));
      this._leaf = { kind: 'fence', mark: rest[0], length, indent, language, lines: [] };
      this._fill();
      return true;
    }
    if (rest[0] === '<') {
      for (const [number, [start, end]] of HTML.entries()) {
        // The seventh kind, any tag alone on its line, does not interrupt a paragraph.
        if (start.test(rest) && (number < 6 || !tip)) {
          this._cut(matched);
          this._leaf = end?.test(rest) ? null : { kind: 'html', end };
          this._fill();
          return true;
        }
      }
    }
    if (continues && UNDERLINE.test(rest)) {
      this._leaf = null;
      return true;
    }
    if (RULE.test(rest)) {
      this._cut(matched);
      this._fill();
      return true;
    }
    return false;
  }

  private _inFence(fence: OpenFence, line: Line): void {
    if (line.indent <= 3) {
      const found = CLOSE.exec(line.rest);
      if (found && found[1][0] === fence.mark && found[1].length >= fence.length) {
        this._endFence(fence);
        return;
      }
    }
    line.advance(Math.min(line.indent, fence.indent));
    fence.lines.push(line.remainder);
  }

  // -- what is open -------------------------------------------------------------------------

  /** Close the containers that this line did not continue, and the block in them. */
  private _cut(keep: number): void {
    this._containers.length = Math.min(keep, this._containers.length);
    this._leaf = null;
  }

  private _push(container: Container): void {
    this._fill();
    this._containers.push(container);
  }

  private _fill(): void {
    const last = this._containers[this._containers.length - 1];
    if (last) {
      last.isEmpty = false;
    }
  }

  private _endFence(fence: OpenFence): void {
    const code = fence.lines.join('\n');
    this._closed.push({ kind: 'code', language: fence.language, code, closed: true });
    this._leaf = null;
    this._base = this._containers.length;
    this._isAfterBlank = false;
  }

  // -- prose --------------------------------------------------------------------------------

  private _addProse(text: string): void {
    this._prose.push(text);
    this._proseLength += text.length + 1;
    if (text.includes('<')) {
      for (const [, slash] of text.matchAll(HOLDER)) {
        this._openHolders = Math.max(0, this._openHolders + (slash ? -1 : 1));
      }
    }
  }

  /** Cut a paragraph that has become very long before another of its lines. */
  private _cutParagraph(before: Leaf, raw: string): void {
    if (before !== 'paragraph' || this._leaf !== 'paragraph') {
      this._paragraph = this._prose.length;
    } else if (
      this._proseLength > LONG_PARAGRAPH &&
      this._containers.length === 0 &&
      PLAIN_START.test(raw) &&
      this._prose.slice(this._paragraph).every(isWhole)
    ) {
      this._endProse(true);
    }
  }

  /** Cut a paragraph whose line has become very long before one of its words. */
  private _cutLine(): void {
    const rest = this._rest;
    const isFirst = this._leaf === null && PLAIN_START.test(rest);
    // The last word may still become something else.
    const at = rest.lastIndexOf(' ', rest.lastIndexOf(' ') - 1);
    const line = rest.slice(0, at);
    if (
      at < LONG_PARAGRAPH / 2 ||
      this._containers.length > 0 ||
      this._openHolders > 0 ||
      !(isFirst || this._leaf === 'paragraph') ||
      !PLAIN_START.test(rest.slice(at + 1)) ||
      !isWhole(line) ||
      !(isFirst || this._prose.slice(this._paragraph).every(isWhole))
    ) {
      return;
    }
    this._leaf = 'paragraph';
    this._isAfterBlank = false;
    this._isAfterList = false;
    this._addProse(line);
    this._endProse(true);
    this._rest = rest.slice(at + 1);
  }

  /** Cut long prose before a line that begins a block of its own. */
  private _cutProse(before: Leaf, matched: number): void {
    if (this._proseLength < LONG_PROSE || !this._isAfterBlank || this._openHolders > 0) {
      return;
    }
    const goesOn =
      matched > 0 ||
      (before === 'indented' && this._leaf === 'indented') ||
      (typeof before === 'object' && before?.kind === 'html');
    const [outer] = this._containers;
    const isNextItem = outer !== undefined && !outer.isQuote && this._isAfterList;
    if (!goesOn && !isNextItem) {
      this._endProse();
    }
  }

  private _endProse(flows = false): void {
    const text = this._prose.join('\n');
    if (text.trim()) {
      this._closed.push(
        flows ? { kind: 'prose', text, closed: true, flows } : { kind: 'prose', text, closed: true }
      );
    }
    this._prose = [];
    this._paragraph = 0;
    this._proseLength = 0;
    this._openHolders = 0;
  }
}

/** Whether everything that opens in a piece of a paragraph ends there, too. */
function isWhole(text: string): boolean {
  return !OPENING.test(text.replace(WHOLE, 'x'));
}

/** Read a list marker; give the columns at which the item's content begins, or null. */
function listItem(line: Line, continues: boolean): number | null {
  const rest = line.rest;
  const number = NUMBER.exec(rest);
  const found = BULLET.exec(rest) ?? number;
  if (!found) {
    return null;
  }
  const after = rest.slice(found[0].length).replace(/^[ \t]+|[ \t]+$/g, '');
  // Only a list that begins with 1 and has text may interrupt a paragraph.
  if (continues && (!after || (number && parseInt(number[1], 10) !== 1))) {
    return null;
  }
  const offset = line.indent;
  const length = found[0].length;
  line.skip(length);
  if (!after || line.indent >= 5) {
    line.advance(1);
    return offset + length + 1;
  }
  const spaces = line.indent;
  line.advance(spaces);
  return offset + length + spaces;
}

/** Take the language out of an info string: `python`, `{python}`, `{.python .x}`, `Python a=1`. */
function languageOf(info: string): string {
  const [word = ''] = info
    .replace(/^[ \t]+/, '')
    .replace(/^\{+/, '')
    .trim()
    .split(/\s+/);
  return word
    .replace(ESCAPED, '$1')
    .replace(/^[{}.,]+|[{}.,]+$/g, '')
    .toLowerCase();
}
