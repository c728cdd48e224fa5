/** One value whole: as it is understood, as it is written in the file; and what can be done with it. */
import { Clipboard } from '@jupyterlab/apputils';
import * as React from 'react';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { trans } from '../../ui/words';
import type { GridCell } from '../grid/Grid';
import { exact } from '../grid/values';
import { count } from '../words';
import { Popover } from './Popover';
import type { ViewState } from './view';

interface CellPartProps {
  state: ViewState;
  cell: GridCell;
  at: { x: number; y: number };
  onClose: () => void;
}

export function CellPart({ state, cell, at, onClose }: CellPartProps): JSX.Element {
  const { row, column, place } = cell;
  const [found, setFound] = React.useState({ value: cell.value, written: null as unknown });
  const isHere = found.value !== undefined;
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let isGone = false;
    state.cell(row, place).then(
      whole => !isGone && setFound(whole),
      problem => !isGone && setError(problem)
    );
    return () => {
      isGone = true;
    };
  }, [row, place]);
  const text = exact(found.value);
  const written = exact(found.written);
  const filter = (negated: boolean) => () => {
    state.filterValue(place, found.value, negated);
    onClose();
  };
  return (
    <Popover title={trans.__('%1, row %2', column.name, count(row + 1))} at={at} onClose={onClose}>
      <ErrorNote error={error} />
      <pre className="sp-CellPart-value" tabIndex={0} data-first>
        {found.value === null ? <em>{trans.__('empty')}</em> : isHere ? text : '…'}
      </pre>
      {written !== text && written !== '' && (
        <div className="sp-Quiet">{trans.__('In the file: %1', written.slice(0, 1000))}</div>
      )}
      {text.length > 60 && (
        <div className="sp-Quiet">{trans._n('%2 character', '%2 characters', text.length, count(text.length))}</div>
      )}
      <div className="sp-ColumnMenu-deeds">
        <Button label={trans.__('Only this value')} disabled={!isHere || text.length > 1000} onClick={filter(false)} />
        <Button label={trans.__('Without it')} disabled={!isHere || text.length > 1000} onClick={filter(true)} />
        <Button label={trans.__('Copy')} onClick={() => Clipboard.copyToSystem(text)} />
      </div>
    </Popover>
  );
}
