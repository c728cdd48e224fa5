/** What is said where no vLLM is found: how to get one, for this machine. */
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Installation } from '../api/schema';
import { Button } from '../ui/Button';

export function MissingVllm(props: { installation: Installation }): JSX.Element {
  const { message, ways } = props.installation;
  return (
    <div className="sp-Engine-missing">
      <div>{message}</div>
      <div className="sp-Quiet">
        Install it into an environment of its own, in a terminal; it is found there.
      </div>
      {ways.map((way, index) => (
        <div key={way} className="sp-Engine-way">
          <span className="sp-Quiet">{index === 0 ? 'For this machine' : 'Or'}</span>
          <code>{way}</code>
          <Button
            label="Copy the command"
            icon={copyIcon}
            iconOnly
            onClick={() => void navigator.clipboard.writeText(way)}
          />
        </div>
      ))}
      <div className="sp-Quiet">
        If it is installed elsewhere, name its interpreter in jupyter_config.py:{' '}
        <code>c.SpondeEngines.python = &quot;/path/to/python&quot;</code>
      </div>
    </div>
  );
}
