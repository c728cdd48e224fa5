/** The rows of a dataset, in a grid. */
import * as React from 'react';
import { Busy } from '../../ui/Busy';
import { trans } from '../../ui/words';
import { Grid } from '../grid/Grid';
import { kindOf, type GridSource } from '../grid/source';
import type { Api } from '../../api/client';
import type { Dataset, Profile } from '../../api/schema';
import { count } from '../words';
import type { SectionProps } from './sections';

export function Table({ dataset, state, api }: SectionProps): JSX.Element {
  const [profile, setProfile] = React.useState<Profile | null>(null);
  const [seen, setSeen] = React.useState<[number, number] | null>(null);
  React.useEffect(() => {
    let isGone = false;
    void state.profile(dataset.id).then(found => !isGone && setProfile(found), () => undefined);
    return () => {
      isGone = true;
    };
  }, [dataset.id, dataset.modified, dataset.status]);
  const source = React.useMemo(
    () => (profile ? rowsOf(api, dataset, profile) : null),
    [api, dataset.id, profile]
  );
  if (!source) {
    return <Busy label={trans.__('Fetching its columns…')} />;
  }
  return (
    <div className="sp-TablePart">
      <Grid
        source={source}
        label={trans.__('Rows of %1', dataset.name)}
        onSeen={(first, last) => setSeen([first, last])}
      />
      <div className="sp-TablePart-foot">
        {seen &&
          trans.__('rows %1–%2 of %3', count(seen[0] + 1), count(seen[1] + 1), count(source.rowCount))}
      </div>
    </div>
  );
}

function rowsOf(api: Api, dataset: Dataset, profile: Profile): GridSource {
  return {
    columns: profile.columns.map(({ name, type }) => ({ name, type, kind: kindOf(type) })),
    rowCount: profile.rows,
    rows: async (offset, limit, columns) => {
      const table = await api.call('GET /datasets/{dataset_id}/rows', {
        path: { dataset_id: dataset.id },
        query: { offset, limit }
      });
      return columns ? table.rows.map(row => columns.map(place => row[place])) : table.rows;
    }
  };
}
