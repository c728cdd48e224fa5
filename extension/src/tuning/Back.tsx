/** The way back to the list, above a view's title. */
import * as React from 'react';
import type { TuningState } from './state';

export function Back(props: { state: TuningState }): JSX.Element {
  return (
    <button type="button" className="sp-Link sp-Tuning-back" onClick={() => props.state.home()}>
      ← Training
    </button>
  );
}
