/** What takes the memory, as a bar, and the sentence why. */
import * as React from 'react';
import type { Plan } from '../api/schema';

export function FitBar(props: { plan: Plan }): JSX.Element {
  return <p>{props.plan.sentence}</p>;
}
