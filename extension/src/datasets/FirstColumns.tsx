/** The columns of a large file as its first rows show them, while all of it is read. */
import * as React from 'react';
import type { Dataset, Profile } from '../api/schema';
import { trans } from '../ui/words';
import { ColumnRow } from './ColumnRow';
import type { DatasetsState } from './state';
import { count } from './words';

const AT_ONCE = 100;

export function FirstColumns(props: { dataset: Dataset; state: DatasetsState }): JSX.Element | null {
  const { dataset, state } = props;
  const [seen, setSeen] = React.useState<Profile | null>(null);
  React.useEffect(() => {
    let isGone = false;
    state.firstView(dataset.id).then(
      found => !isGone && setSeen(found),
      () => undefined // The dataset itself says why it cannot be read.
    );
    return () => {
      isGone = true;
    };
  }, [dataset.id]);
  if (!seen) {
    return null;
  }
  return (
    <div className="sp-Dataset-contents">
      <p className="sp-Quiet sp-FirstColumns" role="status">
        {trans.__('A first view of its first %1 rows; exact figures follow.', count(seen.rows))}
      </p>
      <ul className="sp-Columns" aria-label={trans.__('Columns of %1', dataset.name)}>
        {seen.columns.slice(0, AT_ONCE).map((column, place) => (
          <ColumnRow
            key={place}
            column={column}
            rows={seen.rows}
            isOpen={state.isColumnOpen(dataset.id, place)}
            onToggle={() => state.toggleColumn(dataset.id, place)}
          />
        ))}
      </ul>
    </div>
  );
}
