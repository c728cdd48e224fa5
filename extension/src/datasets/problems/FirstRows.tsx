/** The first rows as they would be read, and the file's first lines as they are. Draws only. */
import * as React from 'react';
import type { ReadingPreview } from '../../api/schema';
import { trans } from '../../ui/words';
import { count } from '../words';
import type { ReadingState } from './reading';

type View = 'rows' | 'values' | 'lines';

export function FirstRows({ reading }: { reading: ReadingState }): JSX.Element | null {
  const [view, setView] = React.useState<View>('rows');
  const { preview, busy } = reading;
  if (!preview) {
    return null;
  }
  const views: Array<[View, string]> = [
    ['rows', trans.__('As written')],
    ['values', trans.__('As understood')],
    ['lines', trans.__('Lines of the file')]
  ];
  return (
    <div className={`sp-FirstRows ${busy ? 'sp-mod-busy' : ''}`}>
      <div className="sp-FirstRows-head">
        <span role="status">{summary(preview)}</span>
        <span className="sp-FirstRows-views" role="group" aria-label={trans.__('What is shown')}>
          {views.map(([id, label]) => (
            <button
              key={id}
              type="button"
              className="sp-Button jp-mod-styled jp-mod-minimal"
              aria-pressed={view === id}
              onClick={() => setView(id)}
            >
              {label}
            </button>
          ))}
        </span>
      </div>
      <div
        className="sp-FirstRows-scroll"
        tabIndex={0}
        role="region"
        aria-label={trans.__('First rows as they would be read')}
        aria-busy={busy}
      >
        {view === 'lines' ? (
          <ol className="sp-Lines">
            {preview.lines.map((line, place) => (
              <li key={place} value={place + 1}>
                <code>{line || ' '}</code>
              </li>
            ))}
          </ol>
        ) : (
          <Rows preview={preview} reading={reading} cells={preview[view]} />
        )}
      </div>
      {preview.warnings.map(warning => (
        <p key={warning} className="sp-Quiet">
          {warning}
        </p>
      ))}
    </div>
  );
}

function summary(preview: ReadingPreview): string {
  const rows = trans._n('%2 row', '%2 rows', preview.rows.length, count(preview.rows.length));
  const columns = trans._n('%2 column', '%2 columns', preview.columns.length, count(preview.columns.length));
  const problems = trans._n(
    '%2 problem',
    '%2 problems',
    preview.problem_count,
    count(preview.problem_count)
  );
  const where = preview.is_whole
    ? trans.__('in the whole file')
    : trans.__('in the first %1 lines', count(preview.lines_read));
  return trans.__('The first %1, %2; %3 %4', rows, columns, problems, where);
}

interface RowsProps {
  preview: ReadingPreview;
  reading: ReadingState;
  cells: ReadingPreview['rows'];
}

function Rows({ preview, reading, cells }: RowsProps): JSX.Element {
  const { text_columns } = reading.draft;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col" aria-label={trans.__('Row')} />
          {preview.columns.map((name, place) => {
            const isText = text_columns.includes(name);
            const type = preview.types[place];
            return (
              <th key={place} scope="col">
                <span>{name}</span>
                <small>{[type, preview.forms[place]].filter(Boolean).join(', ')}</small>
                {(isText || type !== 'VARCHAR') && (
                  <button
                    type="button"
                    className="sp-FirstRows-text"
                    aria-pressed={isText}
                    aria-label={trans.__('Read %1 as text', name)}
                    title={trans.__('Read %1 as text', name)}
                    onClick={() =>
                      reading.set({
                        text_columns: isText
                          ? text_columns.filter(one => one !== name)
                          : [...text_columns, name]
                      })
                    }
                  >
                    {trans.__('as text')}
                  </button>
                )}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {cells.map((row, number) => (
          <tr key={number}>
            <th scope="row">{count(number + 1)}</th>
            {row.map((cell, place) =>
              cell === null ? (
                <td key={place} className="sp-mod-missing" aria-label={trans.__('no value')} />
              ) : (
                <td key={place} className={/INT|DOUBLE|DECIMAL/.test(preview.types[place]) ? 'sp-mod-number' : ''}>
                  {cell}
                </td>
              )
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
