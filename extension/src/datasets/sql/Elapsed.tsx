/** How long something has been going on, counted while one looks. */
import * as React from 'react';
import { duration } from '../../ui/time';

/** `since` in milliseconds, as Date.now() gives them. */
export function Elapsed({ since }: { since: number }): JSX.Element {
  const [, tick] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const timer = window.setInterval(tick, 100);
    return () => window.clearInterval(timer);
  }, []);
  return <span className="sp-Sql-elapsed sp-Quiet">{duration(Math.max(0, Date.now() - since) / 1000)}</span>;
}
