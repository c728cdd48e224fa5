/** Draws what blocks are exported as, and how far that is. Fetches nothing. */
import * as React from 'react';
import type { ExportFormat } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { Refusal } from '../../api/client';
import { Field } from '../../ui/Field';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { Transfers } from './transfers';

interface ExportFormProps {
  transfers: Transfers;
  chosen: readonly string[];
  query: string;
}

type Which = 'chosen' | 'found' | 'all';

export function ExportForm({ transfers, chosen, query }: ExportFormProps): JSX.Element {
  useSignal(transfers.changed);
  const [format, setFormat] = React.useState<ExportFormat>('bundle');
  const [hasPast, setPast] = React.useState(true);
  const first: Which = chosen.length ? 'chosen' : query.trim() ? 'found' : 'all';
  const [which, setWhich] = React.useState<Which>(first);
  const one = transfers.exporting;
  const formats: Array<[ExportFormat, string]> = [
    ['bundle', trans.__('Bundle, for another library')],
    ['folder', trans.__('Files, one a block (zip)')],
    ['notebook', trans.__('Notebook')],
    ['markdown', trans.__('Markdown')],
    ['json', trans.__('Plain JSON')]
  ];
  return (
    <section className="sp-Carry-part" aria-label={trans.__('Export')}>
      <h3>{trans.__('Export')}</h3>
      <div className="sp-Carry-row">
        <Field label={trans.__('Which blocks')}>
          <select value={which} onChange={event => setWhich(event.target.value as Which)}>
            {chosen.length > 0 && (
              <option value="chosen">
                {trans._n('%1 chosen block', '%1 chosen blocks', chosen.length, chosen.length)}
              </option>
            )}
            {query.trim() && <option value="found">{trans.__('All that “%1” finds', query.trim())}</option>}
            <option value="all">{trans.__('The whole library')}</option>
          </select>
        </Field>
        <Field label={trans.__('As')}>
          <select value={format} onChange={event => setFormat(event.target.value as ExportFormat)}>
            {formats.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      </div>
      {format === 'bundle' && (
        <label className="sp-Carry-check">
          <input
            type="checkbox"
            checked={hasPast}
            onChange={event => setPast(event.target.checked)}
          />
          {trans.__('With revisions, sources and runs')}
        </label>
      )}
      {one?.status === 'working' ? (
        <>
          <Busy
            label={trans.__('%1 of %2 blocks', one.done, one.total)}
            progress={one.total ? one.done / one.total : 0}
          />
          <Button label={trans.__('Cancel')} kind="quiet" onClick={() => void transfers.cancelExport()} />
        </>
      ) : (
        <Button
          label={trans.__('Export')}
          onClick={() =>
            void transfers.export({
              format,
              has_past: hasPast,
              block_ids: which === 'chosen' ? [...chosen] : [],
              query: which === 'found' ? query : ''
            })
          }
        />
      )}
      <div role="status" className="sp-Quiet">
        {one?.status === 'done' &&
          trans._n('%1 block is in %2.', '%1 blocks are in %2.', one.total, one.filename)}
        {one?.status === 'cancelled' && trans.__('The export was stopped.')}
      </div>
      {one?.status === 'failed' && <ErrorNote error={new Refusal(0, '', one.error, one.hint)} />}
    </section>
  );
}
