/** What is different between two versions of a dataset: sentences, with small pictures. */
import * as React from 'react';
import type { Spread, VersionChange } from '../../api/schema';
import { trans } from '../../ui/words';

interface ChangesProps {
  changes: readonly VersionChange[];
  label: string;
}

export function Changes({ changes, label }: ChangesProps): JSX.Element {
  return (
    <>
      <ul className="sp-Past-changes" aria-label={label}>
        {changes.map((change, place) => (
          <Change key={place} change={change} />
        ))}
      </ul>
      {changes.some(change => change.spread) && (
        <p className="sp-Quiet sp-Past-legend">{trans.__('Outlined: before. Filled: after.')}</p>
      )}
    </>
  );
}

function Change({ change }: { change: VersionChange }): JSX.Element {
  return (
    <li>
      <span className={`sp-Past-mark sp-mod-${change.kind}`} aria-hidden="true">
        {MARKS[change.kind]}
      </span>
      <span className="sp-Past-sentence">{change.sentence}</span>
      {change.spread && <Picture spread={change.spread} name={change.column} isNamed={change.kind === 'values'} />}
    </li>
  );
}

const MARKS: Record<VersionChange['kind'], string> = {
  rows: '≡',
  added: '+',
  removed: '−',
  renamed: '↻',
  retyped: '⇄',
  moved: '↔',
  gaps: '○',
  shifted: '≈',
  values: '≠'
};

const WIDTH = 132;
const HEIGHT = 34;
const LETTERS = 12;

interface PictureProps {
  spread: Spread;
  name: string;
  /** Whether each bar is one value, not a range. */
  isNamed: boolean;
}

/** How values were spread (outlined) and are now (filled), bar by bar. */
function Picture({ spread, name, isNamed }: PictureProps): JSX.Element {
  const most = Math.max(...spread.before, ...spread.after, 0.001);
  const step = WIDTH / spread.labels.length;
  // A few values have their names below; ranges have them in their tooltips.
  const below = isNamed ? LETTERS : 0;
  const fits = Math.max(1, Math.floor(step / 5.2));
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const tall = (share: number): number => (share ? Math.max(1.5, (share / most) * (HEIGHT - 1)) : 0);
  return (
    <svg
      className="sp-Past-picture"
      width={WIDTH}
      height={HEIGHT + below}
      viewBox={`0 0 ${WIDTH} ${HEIGHT + below}`}
      role="img"
      aria-label={trans.__('How the values of %1 were spread before, outlined, and are now, filled', name)}
    >
      {spread.labels.map((label, place) => {
        const before = tall(spread.before[place]);
        const after = tall(spread.after[place]);
        return (
          <g key={place}>
            <title>
              {trans.__(
                '%1: was %2, is %3',
                label,
                percent(spread.before[place]),
                percent(spread.after[place])
              )}
            </title>
            <rect className="sp-Past-reach" x={place * step} y={0} width={step} height={HEIGHT} />
            <rect
              className="sp-Past-after"
              x={place * step + 0.5}
              y={HEIGHT - after}
              width={Math.max(step - 1, 1)}
              height={after}
            />
            {before > 0 && (
              <rect
                className="sp-Past-before"
                x={place * step + 1}
                y={HEIGHT - before + 0.5}
                width={Math.max(step - 2, 1)}
                height={Math.max(before - 0.5, 0.5)}
              />
            )}
            {isNamed && (
              <text x={(place + 0.5) * step} y={HEIGHT + LETTERS - 2} textAnchor="middle">
                {label.length > fits ? `${label.slice(0, fits - 1)}…` : label}
              </text>
            )}
          </g>
        );
      })}
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.25} y2={HEIGHT - 0.25} />
    </svg>
  );
}
