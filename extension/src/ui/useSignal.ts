/** Draw again when a state says that it changed. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

export function useSignal<S, A>(signal: ISignal<S, A>): void {
  const [, redraw] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const listener = () => redraw();
    signal.connect(listener);
    return () => {
      signal.disconnect(listener);
    };
  }, [signal]);
}
