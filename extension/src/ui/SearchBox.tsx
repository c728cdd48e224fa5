/** A search input with a clear button; Escape clears it. */
import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onKeyDown?: (event: React.KeyboardEvent<HTMLInputElement>) => void;
}

export const SearchBox = React.forwardRef<HTMLInputElement, SearchBoxProps>(
  function SearchBox(props, ref) {
    return (
      <div className="sp-SearchBox">
        <searchIcon.react tag="span" width="16px" height="16px" />
        <input
          ref={ref}
          type="search"
          placeholder={props.label}
          aria-label={props.label}
          value={props.value}
          onChange={event => props.onChange(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && props.value) {
              event.stopPropagation();
              props.onChange('');
            }
            props.onKeyDown?.(event);
          }}
        />
      </div>
    );
  }
);
