/** Draws which blocks of the library fit a dataset, each with its reason. Fetches nothing. */
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { BlockFit } from '../api/schema';
import { Button } from '../ui/Button';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import { groupsOf, type DatasetFits } from './fits';

interface FitsListProps {
  name: string;
  fits: () => Promise<DatasetFits>;
}

export function FitsList({ name, fits }: FitsListProps): JSX.Element | null {
  const [state, setState] = React.useState<DatasetFits | null>(null);
  React.useEffect(() => {
    let isHere = true;
    void fits().then(found => isHere && setState(found));
    return () => {
      isHere = false;
    };
  }, [fits]);
  return state && <Known name={name} state={state} />;
}

function Known({ name, state }: { name: string; state: DatasetFits }): JSX.Element | null {
  useSignal(state.changed);
  React.useEffect(() => void state.look(name), [state, name]);
  const { fits } = state.of(name);
  // No library, no line: the dataset is what the panel is about.
  if (!fits?.fits.length) {
    return null;
  }
  const isOpen = state.isOpen(name);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <div className="sp-Fits">
      <button
        type="button"
        className="sp-Fits-toggle"
        aria-expanded={isOpen}
        onClick={() => state.toggle(name)}
      >
        <Caret.react tag="span" width="14px" height="14px" />
        <span>{groupsOf(fits)[0].words}</span>
      </button>
      {isOpen && (
        <>
          {groupsOf(fits).map((group, at) => (
            <React.Fragment key={group.id}>
              {at > 0 && <div className="sp-Fits-group">{group.words}</div>}
              <ul aria-label={at ? group.words : trans.__('Blocks that fit %1', name)}>
                {group.fits.map(fit => (
                  <Fit key={fit.block.id} fit={fit} dataset={name} state={state} />
                ))}
              </ul>
            </React.Fragment>
          ))}
          <Button
            kind="quiet"
            label={
              fits.has_more
                ? trans.__('Show all %1 in the library', fits.count + fits.any_table + fits.almost)
                : trans.__('Show them in the library')
            }
            onClick={() => state.openAll(name)}
          />
        </>
      )}
    </div>
  );
}

function Fit(props: { fit: BlockFit; dataset: string; state: DatasetFits }): JSX.Element {
  const { fit, dataset, state } = props;
  const { block, reason } = fit;
  const isRenamed = fit.columns.some(one => one.here && one.here !== one.name);
  return (
    <li className="sp-Fit-block">
      <button
        type="button"
        className="sp-Fits-name"
        title={block.description || trans.__('Open it in the library')}
        onClick={() => state.openBlock(block.id)}
      >
        {block.name}
      </button>
      <Button
        label={isRenamed ? trans.__('Insert with rename') : trans.__('Insert')}
        title={trans.__('Insert %1 for %2', block.name, dataset)}
        onClick={() => state.insert(block.id, dataset)}
      />
      <span className="sp-Fits-reason">{reason}</span>
    </li>
  );
}
