/** The tab's name, to be changed in its place. */
import { editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../ui/Button';
import { trans } from '../../ui/words';

export interface TabTitle {
  get: () => string;
  set: (name: string) => void;
}

const LONGEST = 60;

export function TabName({ tab }: { tab: TabTitle }): JSX.Element {
  const [isOpen, open] = React.useState(false);
  const [name, write] = React.useState('');
  const label = trans.__('Rename this tab');
  if (!isOpen) {
    const start = (): void => {
      write(tab.get());
      open(true);
    };
    return <Button iconOnly icon={editIcon} label={label} onClick={start} />;
  }
  const keep = (): void => {
    if (name.trim()) {
      tab.set(name.trim());
    }
    open(false);
  };
  return (
    <input
      className="sp-Sql-name"
      aria-label={label}
      autoFocus
      maxLength={LONGEST}
      value={name}
      onFocus={event => event.target.select()}
      onChange={event => write(event.target.value)}
      onBlur={keep}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          keep();
        } else if (event.key === 'Escape') {
          open(false);
        } else {
          return;
        }
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
