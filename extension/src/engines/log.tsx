/** What an engine writes: follows its end as long as one looks there. */
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../ui/Button';

const NEAR = 24;

export function LogView(props: { text: string; name: string }): JSX.Element {
  const { text, name } = props;
  const box = React.useRef<HTMLPreElement>(null);
  const follows = React.useRef(true);
  const [isCopied, setCopied] = React.useState(false);
  React.useLayoutEffect(() => {
    const node = box.current;
    if (node && follows.current) {
      node.scrollTop = node.scrollHeight;
    }
  }, [text]);
  const scrolled = (): void => {
    const node = box.current;
    if (node) {
      follows.current = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
    }
  };
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div className="sp-Engine-log">
      <pre ref={box} tabIndex={0} aria-label={`Log of ${name}`} onScroll={scrolled}>
        {text || 'It has written nothing yet.'}
      </pre>
      <div className="sp-Engine-logActions">
        <Button
          label={isCopied ? 'Copied' : 'Copy the log'}
          icon={copyIcon}
          iconOnly
          onClick={() => void copy()}
        />
      </div>
    </div>
  );
}
