/** A line of Markdown and how far it has been read, in characters and in columns (tabs stop at fours). */

export class Line {
  private _offset = 0;
  private _column = 0;
  private _tabRest = 0;
  private _next = 0;
  private _nextColumn = 0;

  constructor(private readonly _text: string) {
    this._look();
  }

  /** How many columns of white space come first. */
  get indent(): number {
    return this._nextColumn - this._column;
  }

  /** Whether nothing but white space is left. */
  get isBlank(): boolean {
    return this._next >= this._text.length;
  }

  /** The first character that is no white space. */
  get peek(): string {
    return this._text.charAt(this._next);
  }

  /** What is left, from the first character that is no white space. */
  get rest(): string {
    return this._text.slice(this._next);
  }

  /** What is left, with the white space; a tab read in part is spaces. */
  get remainder(): string {
    return this._tabRest
      ? ' '.repeat(this._tabRest) + this._text.slice(this._offset + 1)
      : this._text.slice(this._offset);
  }

  /** Read so many columns of white space; a tab may be read in part. */
  advance(columns: number): void {
    while (columns > 0 && this._offset < this._text.length) {
      if (this._text[this._offset] !== '\t') {
        this._offset += 1;
        this._column += 1;
        columns -= 1;
        continue;
      }
      const left = 4 - (this._column % 4);
      const step = Math.min(left, columns);
      this._column += step;
      columns -= step;
      this._tabRest = left - step;
      if (!this._tabRest) {
        this._offset += 1;
      }
    }
    this._look();
  }

  /** Read all white space. */
  skipIndent(): void {
    this._offset = this._next;
    this._column = this._nextColumn;
    this._tabRest = 0;
    this._look();
  }

  /** Read the white space and so many characters after it. */
  skip(characters: number): void {
    this.skipIndent();
    this._offset += characters;
    this._column += characters;
    this._look();
  }

  /** Read `>` and the one space that belongs to it. */
  skipQuoteMark(): void {
    this.skip(1);
    if (this.indent) {
      this.advance(1);
    }
  }

  private _look(): void {
    let column = this._column;
    let offset = this._offset;
    for (;;) {
      const letter = this._text[offset];
      if (letter === ' ') {
        column += 1;
      } else if (letter === '\t') {
        column += 4 - (column % 4);
      } else {
        break;
      }
      offset += 1;
    }
    this._next = offset;
    this._nextColumn = column;
  }
}
