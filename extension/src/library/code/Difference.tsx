/** Draws two texts of a block side by side, or where it is narrow one below the other, in colour. */
import * as React from 'react';
import { useSize } from '../../ui/useSize';
import { trans } from '../../ui/words';
import { besideEachOther, type Pair, type Side } from './beside';
import { colouredLines } from './coloured';
import type { CodeMeans } from './CodeText';
import { linesOf, marked, type Piece } from './letters';

/** Narrower than this, two texts are not read side by side. */
const WIDE = 560;

interface DifferenceProps {
  means: CodeMeans;
  language: string;
  before: string;
  after: string;
  /** What the two sides are called. */
  names: [string, string];
}

export function Difference(props: DifferenceProps): JSX.Element {
  const { means, language, before, after, names } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const isWide = useSize(host).width >= WIDE;
  const pairs = React.useMemo(() => besideEachOther(before, after), [before, after]);
  const old = useColoured(means, before, language);
  const now = useColoured(means, after, language);
  return (
    <div ref={host} className={`sp-Difference ${isWide ? 'sp-mod-beside' : ''}`}>
      {!pairs.length ? (
        <p className="sp-Quiet">{trans.__('The code is the same.')}</p>
      ) : (
        <table aria-label={trans.__('What differs in the code')}>
          <colgroup>
            <col className="sp-Difference-numbers" />
            <col />
            {isWide && <col className="sp-Difference-numbers" />}
            {isWide && <col />}
          </colgroup>
          <thead>
            {isWide ? (
              <tr>
                <th colSpan={2}>{names[0]}</th>
                <th colSpan={2}>{names[1]}</th>
              </tr>
            ) : (
              <tr>
                <th colSpan={2}>{trans.__('− %1, + %2', ...names)}</th>
              </tr>
            )}
          </thead>
          <tbody>
            {pairs.map((pair, at) => {
              if (pair.kind === 'skipped') {
                return (
                  <tr key={at} className="sp-mod-skipped">
                    <td colSpan={isWide ? 4 : 2}>
                      {trans._n('%1 line that is the same', '%1 lines that are the same', pair.lines, pair.lines)}
                    </td>
                  </tr>
                );
              }
              return isWide ? (
                <tr key={at}>
                  <Cells side={pair.left} lines={old} kind={kindOf(pair, 'removed')} />
                  <Cells side={pair.right} lines={now} kind={kindOf(pair, 'added')} />
                </tr>
              ) : (
                <Below key={at} pairs={pairs} at={at} old={old} now={now} />
              );
            })}
          </tbody>
        </table>
      )}
    </div>
  );
}

type Kind = 'same' | 'removed' | 'added';

function kindOf(pair: Pair, kind: Kind): Kind {
  return pair.kind === 'changed' ? kind : 'same';
}

/** One row, or where a change begins all its rows: what went first, then what came. */
function Below(props: {
  pairs: Pair[];
  at: number;
  old: Piece[][];
  now: Piece[][];
}): JSX.Element | null {
  const { pairs, at, old, now } = props;
  const pair = pairs[at];
  if (pair.kind === 'same') {
    return (
      <tr>
        <Cells side={pair.right} lines={now} kind="same" />
      </tr>
    );
  }
  if (pair.kind === 'skipped' || pairs[at - 1]?.kind === 'changed') {
    return null; // drawn with the first row of its change
  }
  let end = at;
  while (pairs[end]?.kind === 'changed') {
    end += 1;
  }
  const part = pairs.slice(at, end).filter(one => one.kind === 'changed');
  return (
    <>
      {part.map(
        (one, row) =>
          one.left && (
            <tr key={`-${row}`}>
              <Cells side={one.left} lines={old} kind="removed" />
            </tr>
          )
      )}
      {part.map(
        (one, row) =>
          one.right && (
            <tr key={`+${row}`}>
              <Cells side={one.right} lines={now} kind="added" />
            </tr>
          )
      )}
    </>
  );
}

function Cells(props: { side: Side | null; lines: Piece[][]; kind: Kind }): JSX.Element {
  const { side, lines, kind } = props;
  if (!side) {
    return <td colSpan={2} className="sp-mod-none" />;
  }
  const sign = kind === 'removed' ? '−' : kind === 'added' ? '+' : '';
  return (
    <>
      <td className={`sp-Difference-number sp-mod-${kind}`}>
        {side.line + 1}
        {sign && <span className="sp-Difference-sign">{sign}</span>}
      </td>
      <td className={`sp-Difference-line sp-mod-${kind}`}>
        {marked(lines[side.line] ?? [], side.mark).map((piece, at) =>
          piece.isMarked ? (
            <mark key={at} className={piece.className}>
              {piece.text}
            </mark>
          ) : (
            <span key={at} className={piece.className}>
              {piece.text}
            </span>
          )
        )}
      </td>
    </>
  );
}

/** The lines of a text: there at once, in colour a moment later. */
function useColoured(means: CodeMeans, code: string, language: string): Piece[][] {
  const plain = React.useMemo(() => linesOf([{ text: code, className: '' }]), [code]);
  const [coloured, setColoured] = React.useState<{ code: string; lines: Piece[][] } | null>(null);
  React.useEffect(() => {
    let isLatest = true;
    void colouredLines(means, code, language).then(lines => {
      if (isLatest) {
        setColoured({ code, lines });
      }
    });
    return () => {
      isLatest = false;
    };
  }, [means, code, language]);
  return coloured?.code === code ? coloured.lines : plain;
}
