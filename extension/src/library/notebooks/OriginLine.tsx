/** Draws the line at a cell that says which block it came from. Fetches nothing. */
import * as React from 'react';
import { libraryIcon } from '../../ui/icons';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { Origin } from './origin';

export interface OriginDeeds {
  open: () => void;
  updateBlock: () => void;
  updateCell: () => void;
  detach: () => void;
  bringBack: () => void;
}

export function OriginLine(props: { origin: Origin; deeds: OriginDeeds }): JSX.Element | null {
  const { origin, deeds } = props;
  useSignal(origin.changed);
  const { block, name, standing } = origin;
  if (block === undefined) {
    return null;
  }
  const isDeleted = block === null;
  const words = isDeleted
    ? trans.__('was deleted from the library')
    : standing?.isChanged && standing.isNewer
      ? trans.__('differs from the block')
      : standing?.isChanged
        ? trans.__('changed here')
        : standing?.isNewer
          ? trans.__('the block has a newer revision')
          : '';
  return (
    <div
      className="sp-Origin"
      role="group"
      aria-label={trans.__('From the library: %1', name)}
      data-quiet={!words}
    >
      <span className="sp-Origin-icon" aria-hidden="true">
        <libraryIcon.react tag="span" width="12px" height="12px" />
      </span>
      {isDeleted ? (
        <span>{name || trans.__('A block')}</span>
      ) : (
        <button
          type="button"
          className="sp-Origin-name"
          title={trans.__('Open %1 in the library', name)}
          onClick={deeds.open}
        >
          {name}
        </button>
      )}
      <span className="sp-Origin-state" role="status">
        {words}
      </span>
      <span className="sp-Origin-deeds">
        {standing?.isChanged && (
          <button
            type="button"
            title={trans.__('Make this text the block’s; what the block is becomes a revision')}
            onClick={deeds.updateBlock}
          >
            {trans.__('Update the block')}
          </button>
        )}
        {standing?.isNewer && (
          <button
            type="button"
            title={trans.__('Show what would change in the cell')}
            onClick={deeds.updateCell}
          >
            {trans.__('Update the cell')}
          </button>
        )}
        {isDeleted && (
          <button type="button" onClick={deeds.bringBack}>
            {trans.__('Bring it back')}
          </button>
        )}
        <button
          type="button"
          title={trans.__('Let the cell forget where it came from')}
          onClick={deeds.detach}
        >
          {trans.__('Detach')}
        </button>
      </span>
    </div>
  );
}
