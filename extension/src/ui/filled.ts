/** Sets what is drawn into a translated sentence, at the places of %1, %2 … */
import * as React from 'react';

export function filled(sentence: string, ...parts: React.ReactNode[]): React.ReactNode[] {
  // What stood in brackets is given, too: every second piece is a place's number.
  return sentence
    .split(/%(\d)/)
    .map((piece, at) =>
      at % 2 ? React.createElement(React.Fragment, { key: at }, parts[Number(piece) - 1]) : piece
    );
}
