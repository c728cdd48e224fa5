/** A dataset whose file is gone: since when, where it may be now, and what one can do. */
import * as React from 'react';
import type { Dataset, Whereabout } from '../api/schema';
import { Button } from '../ui/Button';
import { ago } from '../ui/time';
import { trans } from '../ui/words';
import type { Deeds } from './DatasetRow';

export type GoneDeeds = Pick<Deeds, 'point' | 'remove' | 'whereabouts'>;

interface VanishedProps {
  dataset: Dataset;
  deeds: GoneDeeds;
}

export function Vanished({ dataset, deeds }: VanishedProps): JSX.Element {
  const [places, setPlaces] = React.useState<readonly Whereabout[]>([]);
  React.useEffect(() => {
    let isHere = true;
    void deeds.whereabouts(dataset).then(found => isHere && setPlaces(found));
    return () => {
      isHere = false;
    };
  }, [deeds, dataset.id, dataset.path, dataset.gone_at]);
  return (
    <div className="sp-Vanished" role="group" aria-label={trans.__('The file of %1 is gone', dataset.name)}>
      <p role="status">
        {trans.__("'%1' is not there", dataset.path)}
        {dataset.gone_at && (
          <span title={new Date(dataset.gone_at).toLocaleString()}>
            {' '}
            {trans.__('(noticed %1)', ago(dataset.gone_at))}
          </span>
        )}
        {'. '}
        {dataset.rows === null
          ? trans.__('When it is there again, it is read by itself.')
          : trans.__('What was last known of it is shown. When it is there again, it is read by itself.')}
      </p>
      {places.map(({ path, is_same }) => (
        <p key={path}>
          {is_same
            ? trans.__("The same contents are in '%1'.", path)
            : trans.__("A file of the same name, with other contents, is '%1'.", path)}{' '}
          <Button
            kind={is_same ? 'accept' : 'plain'}
            label={trans.__('Use it')}
            title={trans.__('Use %1', path)}
            onClick={() => deeds.point(dataset, path)}
          />
        </p>
      ))}
      <div className="sp-Vanished-deeds">
        <Button label={trans.__('Find it…')} onClick={() => deeds.point(dataset)} />
        <Button kind="quiet" label={trans.__('Remove from the list')} onClick={() => deeds.remove(dataset)} />
      </div>
    </div>
  );
}
