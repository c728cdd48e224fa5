/** Tries a block in a throw-away process: what stands for what it needs, and what it shows. */
import * as React from 'react';
import type { CodeBlock, BlockTrial, TrialInput, TrialNeed, TrialOffer } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { duration } from '../../ui/time';
import { trans } from '../../ui/words';
import { Bundle } from '../proof/Bundle';
import { memoryText, packagesText } from '../proof/Proof';
import type { Proofs } from '../proof/proofs';
import { hasEnded, Trials } from './trials';

const VALUE = '';

interface TryItProps {
  block: CodeBlock;
  proofs: Proofs;
}

export function TryIt({ block, proofs }: TryItProps): JSX.Element {
  const trials = (proofs.trials ??= new Trials(proofs.sponde));
  const [, redraw] = React.useReducer((n: number) => n + 1, 0);
  const [isOpen, setOpen] = React.useState(false);
  const [offer, setOffer] = React.useState<TrialOffer | null>(null);
  const [inputs, setInputs] = React.useState<TrialInput[]>([]);
  const [error, setError] = React.useState<unknown>(null);
  const [isAsking, setAsking] = React.useState(false);
  React.useEffect(() => {
    const heard = (): void => redraw();
    trials.changed.connect(heard);
    return () => {
      trials.changed.disconnect(heard);
    };
  }, [trials]);
  const trial = trials.of(block.id);
  const isGoing = trial !== null && !hasEnded(trial);

  const begin = async (chosen: TrialInput[]): Promise<void> => {
    setError(null);
    setAsking(true);
    try {
      await trials.begin(block.id, chosen);
    } catch (reason) {
      setError(reason);
    }
    setAsking(false);
  };
  const open = async (): Promise<void> => {
    setOpen(true);
    setError(null);
    try {
      const found = await trials.offer(block.id);
      setOffer(found);
      const first = found.needs.map(firstInput);
      setInputs(first);
      if (!found.needs.length && !found.refusal) {
        await begin([]); // nothing to choose
      }
    } catch (reason) {
      setError(reason);
    }
  };
  const change = (name: string, part: Partial<TrialInput>): void =>
    setInputs(inputs.map(input => (input.name === name ? { ...input, ...part } : input)));
  const isReady = inputs.every(input => input.dataset || input.value.trim());

  return (
    <section className="sp-TryIt" aria-label={trans.__('Try it')}>
      <div className="sp-TryIt-head">
        {!isGoing && (
          <Button
            label={offer && isOpen && trial ? trans.__('Try again') : offer && isOpen ? trans.__('Start') : trans.__('Try it')}
            title={trans.__('Run it once in a throw-away process, on a sample')}
            disabled={isAsking || (isOpen && offer !== null && (!isReady || Boolean(offer.refusal)))}
            onClick={() => void (offer && isOpen ? begin(inputs) : open())}
          />
        )}
        {isGoing && (
          <Button
            label={trans.__('Cancel')}
            kind="warn"
            onClick={() => void trials.cancel(trial.id).catch(setError)}
          />
        )}
        {isOpen && !isGoing && (
          <Button label={trans.__('Close')} kind="quiet" onClick={() => setOpen(false)} />
        )}
      </div>
      {isOpen && (
        <>
          <ErrorNote error={error} />
          {offer?.refusal && <div className="sp-Quiet">{offer.refusal}</div>}
          {offer && !offer.refusal && (
            <>
              {offer.needs.map(need => (
                <NeedRow
                  key={need.name}
                  need={need}
                  input={inputs.find(one => one.name === need.name) ?? firstInput(need)}
                  disabled={isGoing}
                  onChange={part => change(need.name, part)}
                />
              ))}
              <div className="sp-Quiet">
                {trans.__('It runs apart from your notebooks: %1.', offer.limits)}{' '}
                {inputs.some(input => input.dataset) &&
                  trans.__(
                    'A sample is the first %1 rows and %2 random ones.',
                    offer.first_rows,
                    offer.random_rows
                  )}
              </div>
            </>
          )}
          {trial && <TrialView trial={trial} proofs={proofs} />}
        </>
      )}
    </section>
  );
}

/** What fits best; a value to be written where nothing looks like a table. */
function firstInput(need: TrialNeed): TrialInput {
  const best = need.is_table ? need.fits[0] : undefined;
  return { name: need.name, dataset: best?.dataset ?? VALUE, is_file: false, value: '' };
}

interface NeedRowProps {
  need: TrialNeed;
  input: TrialInput;
  disabled: boolean;
  onChange: (part: Partial<TrialInput>) => void;
}

function NeedRow({ need, input, disabled, onChange }: NeedRowProps): JSX.Element {
  const id = React.useId();
  const fit = need.fits.find(one => one.dataset === input.dataset);
  const chosen = input.dataset ? `${input.is_file ? 'file' : 'data'}:${input.dataset}` : VALUE;
  return (
    <div className="sp-TryIt-need">
      <label htmlFor={id}>
        <code>{need.name}</code> {trans.__('is')}
      </label>
      <select
        id={id}
        value={chosen}
        disabled={disabled}
        onChange={event => {
          const [kind, ...rest] = event.target.value.split(':');
          onChange({ dataset: rest.join(':'), is_file: kind === 'file' });
        }}
      >
        {need.fits.length > 0 && (
          <optgroup label={trans.__('A sample of')}>
            {need.fits.map(one => (
              <option key={one.dataset} value={`data:${one.dataset}`}>
                {fitText(one)}
              </option>
            ))}
          </optgroup>
        )}
        {need.fits.length > 0 && (
          <optgroup label={trans.__('The path of a sample of')}>
            {need.fits.map(one => (
              <option key={one.dataset} value={`file:${one.dataset}`}>
                {trans.__('%1, as a file', one.dataset)}
              </option>
            ))}
          </optgroup>
        )}
        <option value={VALUE}>{trans.__('A value…')}</option>
      </select>
      {!input.dataset && (
        <input
          aria-label={trans.__('Value of %1', need.name)}
          value={input.value}
          disabled={disabled}
          spellCheck={false}
          placeholder={trans.__("such as 10 or 'north'")}
          onChange={event => onChange({ value: event.target.value })}
        />
      )}
      {fit && fit.missing.length > 0 && (
        <div className="sp-TryIt-missing" role="note">
          {trans._n(
            '%2 has no column %3.',
            '%2 lacks %1 columns: %3.',
            fit.missing.length,
            fit.dataset,
            fit.missing.join(', ')
          )}
        </div>
      )}
    </div>
  );
}

function fitText(fit: { dataset: string; rows: number | null; missing: string[] }): string {
  const rows = fit.rows === null ? '' : trans._n('%1 row', '%1 rows', fit.rows);
  const fits = fit.missing.length ? trans.__('columns missing') : trans.__('fits');
  return `${fit.dataset} (${[rows, fits].filter(Boolean).join(', ')})`;
}

function TrialView({ trial, proofs }: { trial: BlockTrial; proofs: Proofs }): JSX.Element {
  return (
    <div className={`sp-Trial sp-mod-${trial.status}`}>
      <div role="status" aria-live="polite">
        {!hasEnded(trial) && <Busy label={goingText(trial)} />}
        {hasEnded(trial) && (
          <div className="sp-Trial-end">
            <span aria-hidden="true">{trial.status === 'ok' ? '✓' : trial.status === 'cancelled' ? '○' : '✕'}</span>{' '}
            {endText(trial)}
          </div>
        )}
      </div>
      {trial.error_message && trial.status !== 'cancelled' && (
        <div className="sp-ErrorNote" role="alert">
          <div className="sp-ErrorNote-message">
            {trial.status === 'failed' && trial.error_name && trial.error_name !== 'KernelDied'
              ? `${trial.error_name}: ${trial.error_message}`
              : trial.error_message}
          </div>
          {trial.hint && <div className="sp-ErrorNote-hint">{trial.hint}</div>}
        </div>
      )}
      {trial.traceback && (
        <details className="sp-Trial-traceback">
          <summary>{trans.__('Traceback')}</summary>
          <Bundle
            rendermime={proofs.rendermime}
            data={{ 'application/vnd.jupyter.stderr': trial.traceback }}
            label={trans.__('Traceback')}
          />
        </details>
      )}
      <div className="sp-Trial-outputs">
        {trial.outputs.map((output, at) => (
          <Bundle
            key={at}
            rendermime={proofs.rendermime}
            data={output.data}
            label={trans.__('What “%1” showed', trial.name)}
          />
        ))}
      </div>
      {hasEnded(trial) && trial.note && (
        <div className="sp-Quiet">
          {trial.note} {packagesText(trial.packages)}
        </div>
      )}
    </div>
  );
}

function goingText(trial: BlockTrial): string {
  if (trial.status === 'queued') {
    return trial.ahead
      ? trans._n('Waits: %1 trial is before it', 'Waits: %1 trials are before it', trial.ahead)
      : trans.__('Waits for a free place');
  }
  return `${trial.step || trans.__('Running')}…`;
}

export function endText(trial: BlockTrial): string {
  const figures = [
    trial.seconds === null ? '' : duration(trial.seconds),
    trial.peak_bytes === null ? '' : memoryText(trial.peak_bytes)
  ].filter(Boolean);
  const how = figures.length ? ` (${figures.join(', ')})` : '';
  switch (trial.status) {
    case 'ok':
      return trans.__('It ran through.') + how;
    case 'stopped':
      return trans.__('It was ended at a limit.') + how;
    case 'cancelled':
      return trans.__('It was cancelled.');
    default:
      return trans.__('It failed.') + how;
  }
}
