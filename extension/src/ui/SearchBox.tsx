/** A search input with a clear button; Escape clears it. */
import { searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Whether a list of offers stands below it. */
  isExpanded?: boolean;
  /** The element that the arrows have chosen, for screen readers. */
  activeId?: string;
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
          role={props.isExpanded === undefined ? undefined : 'combobox'}
          aria-expanded={props.isExpanded}
          aria-activedescendant={props.activeId || undefined}
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
