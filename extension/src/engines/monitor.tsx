/** What an engine is busy with now. */
import * as React from 'react';
import type { Engine } from '../api/schema';

export function MonitorView(props: { engine: Engine }): JSX.Element {
  return <p>{props.engine.address}</p>;
}
