/** A part of a page whose code is fetched when it is first shown. */
import * as React from 'react';
import { Refusal } from '../api/client';
import { Busy } from './Busy';
import { ErrorNote } from './ErrorNote';
import { trans } from './words';

function notFetched(): Refusal {
  return new Refusal(
    0,
    'offline',
    trans.__('This part of the page could not be fetched.'),
    trans.__('Check that the Jupyter server runs; if it was updated meanwhile, reload the page.')
  );
}

export function lazily<P extends object>(
  load: () => Promise<React.ComponentType<P>>
): React.ComponentType<P> {
  let known: React.ComponentType<P> | null = null;
  return function Lazily(props: P): JSX.Element {
    const [found, setFound] = React.useState({ view: known });
    const [error, setError] = React.useState<unknown>(null);
    const fetchIt = React.useCallback(() => {
      setError(null);
      load().then(
        view => {
          known = view;
          setFound({ view });
        },
        () => setError(notFetched())
      );
    }, []);
    React.useEffect(() => {
      if (!known) {
        fetchIt();
      }
    }, [fetchIt]);
    if (found.view) {
      return <found.view {...props} />;
    }
    return error ? <ErrorNote error={error} onRetry={fetchIt} /> : <Busy label={trans.__('Loading…')} />;
  };
}
