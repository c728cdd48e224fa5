/** Draws what comes into the library and goes out of it: import, export, files. Fetches nothing. */
import * as React from 'react';
import { Busy } from '../../ui/Busy';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { CodeMeans } from '../code/CodeText';
import { ExportForm } from './ExportForm';
import { FolderPart } from '../folder/FolderPart';
import type { Gate } from './gate';
import { ImportPart } from './ImportPart';
import type { LibraryState } from '../state';
import '../../../style/carry.css';

interface CarryPageProps {
  gate: Gate;
  means: CodeMeans;
  state: LibraryState;
}

export function CarryPage({ gate, means, state }: CarryPageProps): JSX.Element {
  useSignal(gate.changed);
  const { transfers, files } = gate;
  return (
    <div
      className="sp-Carry"
      onKeyDown={event => {
        if (event.key === 'Escape' && !(event.target as Element).closest('input, select, .cm-editor')) {
          event.stopPropagation();
          gate.close();
        }
      }}
    >
      <div className="sp-PanelHeader">
        <button type="button" className="sp-Detail-back" autoFocus onClick={() => gate.close()}>
          {trans.__('‹ All blocks')}
        </button>
        <h2>{trans.__('In and out')}</h2>
      </div>
      {transfers && files ? (
        <div className="sp-Scroll sp-Carry-parts">
          {gate.chosen.length > 0 && (
            <ExportForm transfers={transfers} chosen={gate.chosen} query={state.query} />
          )}
          <ImportPart transfers={transfers} means={means} />
          {!gate.chosen.length && (
            <ExportForm transfers={transfers} chosen={[]} query={state.query} />
          )}
          <FolderPart files={files} means={means} />
        </div>
      ) : (
        <Busy label={trans.__('Loading…')} />
      )}
    </div>
  );
}
