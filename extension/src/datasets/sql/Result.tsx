/** What came of a query: how many rows, what can be done with them, and the rows in a grid. */
import * as React from 'react';
import type { DownloadFormat } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { fetchFile } from '../../ui/fetchFile';
import { duration } from '../../ui/time';
import { lazily } from '../../ui/lazily';
import { trans } from '../../ui/words';
import { count } from '../words';
import { Choices, type Choice } from './Choices';
import { Elapsed } from './Elapsed';
import type { SqlMeans } from './means';
import type { SqlState } from './state';

const Rows = lazily(async () => (await import('../page/Table')).Rows);

interface ResultProps {
  state: SqlState;
  means: SqlMeans;
  say: (text: string) => void;
}

export function Result({ state, means, say }: ResultProps): JSX.Element | null {
  const { query, source } = state;
  if (!query || !source) {
    return null;
  }
  const { save, ask } = means;
  const make = (format: DownloadFormat): void => {
    void state.download(format).then(address => {
      if (address) {
        fetchFile(address);
        say(trans.__('The file is on its way.'));
      }
    });
  };
  const put = (form: 'magic' | 'python'): void => {
    const isIn = means.insert(form, query.sql);
    say(isIn ? trans.__('Inserted into the notebook.') : trans.__('No notebook is open to put it into. Open one and try again.'));
  };
  const files: Choice[] = [
    { label: trans.__('CSV, exact'), note: trans.__('Every value as it is.'), run: () => make('csv') },
    {
      label: trans.__('CSV, safe for spreadsheets'),
      note: trans.__('Text that a spreadsheet would run as a formula gets an apostrophe.'),
      run: () => make('spreadsheet_csv')
    },
    { label: trans.__('Parquet'), note: trans.__('With its types; for pandas, polars, DuckDB.'), run: () => make('parquet') },
    { label: trans.__('Excel'), note: trans.__('At most 1,048,575 rows and 16,384 columns.'), run: () => make('xlsx') }
  ];
  const cells: Choice[] = [
    { label: trans.__('As a %%%%sql cell'), run: () => put('magic') },
    { label: trans.__('As Python'), note: trans.__('The result is a DataFrame.'), run: () => put('python') }
  ];
  return (
    <div className={`sp-SqlResult ${state.isRunning ? 'sp-mod-old' : ''}`}>
      <div className="sp-SqlResult-bar">
        <span className="sp-SqlResult-size">{size(state)}</span>
        {save && (
          <Button
            label={trans.__('Save as block')}
            onClick={() => void save(query.sql).then(say, error => say(String((error as Error).message ?? error)))}
          />
        )}
        <Choices label={trans.__('Insert into notebook')} choices={cells} />
        <Choices label={trans.__('Download')} choices={files} disabled={state.making !== null} />
        {ask && <Button label={trans.__('Ask about this result')} onClick={() => ask(query.sql)} />}
      </div>
      {state.making && (
        <div className="sp-SqlResult-making">
          <Busy label={trans.__('Making the file…')} />
          <Elapsed since={state.makingSince} />
          <Button kind="quiet" label={trans.__('Stop making it')} onClick={() => state.stopMaking()} />
        </div>
      )}
      {query.is_cut && (
        <p className="sp-Quiet sp-SqlResult-cut">
          {trans.__('These are the first %1 rows of more. A download has all of them.', count(query.rows ?? 0))}
        </p>
      )}
      <div className="sp-SqlResult-rows">
        <Rows key={query.id} view={source.view} of={null} />
      </div>
    </div>
  );
}

function size({ query }: SqlState): string {
  const rows = trans._n('%2 row', '%2 rows', query?.rows ?? 0, count(query?.rows ?? 0));
  const columns = query?.columns.length ?? 0;
  return [rows, trans._n('%2 column', '%2 columns', columns, count(columns)), duration(query?.seconds ?? 0)].join(' · ');
}
