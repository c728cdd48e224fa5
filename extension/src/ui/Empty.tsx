/** What a place without content says: what belongs here, and how to begin. */
import * as React from 'react';

interface EmptyProps {
  title: string;
  text: string;
  children?: React.ReactNode;
}

export function Empty(props: EmptyProps): JSX.Element {
  return (
    <div className="sp-Empty">
      <div className="sp-Empty-title">{props.title}</div>
      <div className="sp-Empty-text">{props.text}</div>
      {props.children}
    </div>
  );
}
