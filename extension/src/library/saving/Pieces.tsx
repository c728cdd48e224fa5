/** Draws what a file or notebook consists of, to choose what is kept. Fetches nothing. */
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CodePiece } from '../../api/schema';
import { trans } from '../../ui/words';

/** The body of the dialog; its value is what was chosen. */
export class PiecesBody extends ReactWidget {
  private _chosen: ReadonlySet<number>;

  constructor(private readonly _pieces: readonly CodePiece[]) {
    super();
    this.addClass('sp-Pieces');
    this._chosen = new Set(worthOf(_pieces));
  }

  getValue(): CodePiece[] {
    return this._pieces.filter((_, at) => this._chosen.has(at));
  }

  protected render(): JSX.Element {
    return (
      <Pieces
        pieces={this._pieces}
        chosen={this._chosen}
        onChoose={chosen => {
          this._chosen = chosen;
          this.update();
        }}
      />
    );
  }
}

/** What is chosen at first: what is more than a look at a value, and not kept yet. */
export function worthOf(pieces: readonly CodePiece[]): number[] {
  return pieces.flatMap((piece, at) => (piece.is_worth && !piece.block_id ? [at] : []));
}

function Pieces(props: {
  pieces: readonly CodePiece[];
  chosen: ReadonlySet<number>;
  onChoose: (chosen: ReadonlySet<number>) => void;
}): JSX.Element {
  const { pieces, chosen, onChoose } = props;
  const free = pieces.flatMap((piece, at) => (piece.block_id ? [] : [at]));
  const toggle = (at: number): void => {
    const next = new Set(chosen);
    if (!next.delete(at)) {
      next.add(at);
    }
    onChoose(next);
  };
  return (
    <>
      <label className="sp-Pieces-all">
        <input
          type="checkbox"
          checked={free.length > 0 && chosen.size === free.length}
          disabled={!free.length}
          ref={box => {
            if (box) {
              box.indeterminate = chosen.size > 0 && chosen.size < free.length;
            }
          }}
          onChange={() => onChoose(new Set(chosen.size === free.length ? [] : free))}
        />
        <span aria-live="polite">
          {trans.__('%1 of %2 chosen', chosen.size, pieces.length)}
        </span>
      </label>
      <ul>
        {pieces.map((piece, at) => (
          <li key={at}>
            <label>
              <input
                type="checkbox"
                checked={chosen.has(at)}
                disabled={Boolean(piece.block_id)}
                onChange={() => toggle(at)}
              />
              <span className="sp-Pieces-name">{piece.name}</span>
              {piece.block_id ? (
                <span className="sp-Quiet">{trans.__('in the library already')}</span>
              ) : (
                <span className="sp-Quiet">
                  {trans._n('%1 line', '%1 lines', lines(piece))}
                </span>
              )}
              <code>{preview(piece.code)}</code>
            </label>
          </li>
        ))}
      </ul>
    </>
  );
}

function lines(piece: CodePiece): number {
  return piece.code.split('\n').length;
}

/** The first line that says something. */
function preview(code: string): string {
  const said = code.split('\n').filter(line => line.trim());
  const first = said.find(line => !/^\s*(#|import |from |@)/.test(line)) ?? said[0] ?? '';
  return first.trim().slice(0, 120);
}
