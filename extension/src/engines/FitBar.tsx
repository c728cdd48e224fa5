/** What takes the memory, as a bar, and the sentence why. */
import * as React from 'react';
import type { FitPart, Plan } from '../api/schema';
import { gigabytes } from './figures';

const WORDS: Record<FitPart['kind'], string> = {
  others: 'Other programs',
  weights: 'Weights',
  cache: 'Cache for conversations',
  work: 'Computing',
  free: 'Free'
};

export function FitBar(props: { plan: Plan }): JSX.Element {
  const { plan } = props;
  const parts = plan.parts.filter(part => part.bytes > 0);
  const taken = parts.reduce((sum, part) => sum + part.bytes, 0);
  const whole = Math.max(plan.total_bytes, taken);
  const place = plan.device === 'cpu' ? 'main memory' : plan.gpus.length > 1 ? 'each card' : 'the card';
  return (
    <div className={`sp-Fit ${plan.fits ? '' : 'sp-mod-over'}`}>
      {whole > 0 && (
        <>
          <div
            className="sp-Fit-bar"
            role="img"
            aria-label={`${gigabytes(plan.total_bytes)} of ${place}: ${parts
              .map(part => `${WORDS[part.kind]} ${gigabytes(part.bytes)}`)
              .join(', ')}`}
          >
            {parts.map(part => (
              <span
                key={part.kind}
                className={`sp-Fit-part sp-mod-${part.kind}`}
                style={{ width: `${(100 * part.bytes) / whole}%` }}
                title={`${WORDS[part.kind]}: ${gigabytes(part.bytes)}`}
              />
            ))}
            {taken > plan.total_bytes && (
              <span
                className="sp-Fit-end"
                style={{ left: `${(100 * plan.total_bytes) / whole}%` }}
                title={`Here ends ${place}: ${gigabytes(plan.total_bytes)}`}
              />
            )}
          </div>
          <ul className="sp-Fit-legend" aria-hidden="true">
            {parts.map(part => (
              <li key={part.kind}>
                <span className={`sp-Fit-key sp-mod-${part.kind}`} />
                {WORDS[part.kind]} <b>{gigabytes(part.bytes)}</b>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="sp-Fit-why">
        <b>{plan.fits ? 'It fits.' : 'It does not fit.'}</b> {plan.sentence}
        {plan.smaller_sentence && ` ${plan.smaller_sentence}`}
      </p>
    </div>
  );
}
