/** The table while its file is still being read: its first rows, where they can be had at once. */
import * as React from 'react';
import type { Api } from '../../api/client';
import type { Dataset, ReadingPreview } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { trans } from '../../ui/words';
import { Grid } from '../grid/Grid';
import { sourceOf } from '../grid/source';
import { NOTHING_SAID } from '../problems/reading';
import { count } from '../words';

export function Begun({ dataset, api }: { dataset: Dataset; api: Api }): JSX.Element {
  const [first, setFirst] = React.useState<ReadingPreview | null>(null);
  React.useEffect(() => {
    let isGone = false;
    const path = { dataset_id: dataset.id };
    const body = { ...NOTHING_SAID, ...dataset.wishes };
    api.call('POST /datasets/{dataset_id}/writing/preview', { path, body }).then(
      found => !isGone && setFirst(found),
      // Files that say themselves how they are written have no such rows: one waits.
      () => undefined
    );
    return () => {
      isGone = true;
    };
  }, [dataset.id]);
  const source = React.useMemo(
    () =>
      first &&
      sourceOf({ columns: first.columns, types: first.types, rows: first.values, truncated: !first.is_whole }),
    [first]
  );
  return (
    <div className="sp-TablePart">
      <div className="sp-TablePart-begun">
        <Busy label={trans.__('Reading the file…')} />
        {source && (
          <span>
            {trans._n(
              'A sample: its first row. All of them, to be sorted and filtered, replace it.',
              'A sample: its first %2 rows. All of them, to be sorted and filtered, replace these.',
              source.rowCount,
              count(source.rowCount)
            )}
          </span>
        )}
      </div>
      {source && <Grid source={source} label={trans.__('First rows of %1', dataset.name)} />}
    </div>
  );
}
