/** Draws the box of a search: its filters as chips, what the last word can become, what was wrong. */
import * as React from 'react';
import { Chip } from '../../ui/Chip';
import { SearchBox } from '../../ui/SearchBox';
import { trans } from '../../ui/words';
import { openWord } from './filters';
import type { Finding } from './finding';

interface SearchFieldProps {
  finding: Finding;
  /** What is done when letters are typed; the list may lose its selection then. */
  onType: (text: string) => void;
  onKeyDown: (event: React.KeyboardEvent<HTMLInputElement>) => void;
  /** Names the element that is chosen with the arrows, for screen readers. */
  activeId?: string;
}

export const SearchField = React.forwardRef<HTMLInputElement, SearchFieldProps>(
  function SearchField({ finding, onType, onKeyDown, activeId }, ref) {
    const { chips, offers, text, wrongs } = finding;
    const isListed = offers.length > 0;
    return (
      <div
        className="sp-Search"
        // Before the box: Escape closes the offers first, and clears it then.
        onKeyDownCapture={event => onFieldKey(event, finding)}
        onBlur={event => {
          if (!event.currentTarget.contains(event.relatedTarget) && isListed) {
            finding.closeOffers();
          }
        }}
      >
        <SearchBox
          ref={ref}
          label={trans.__('Search code, names, tags')}
          value={text}
          isExpanded={isListed}
          activeId={isListed ? `sp-offer-${finding.offerAt}` : activeId}
          onChange={onType}
          onKeyDown={onKeyDown}
        />
        {isListed && <Offers finding={finding} />}
        {chips.length > 0 && (
          <div className="sp-Search-chips" role="group" aria-label={trans.__('Filters')}>
            {chips.map(chip => (
              <Chip key={chip} label={chip} onRemove={() => void finding.drop(chip)} />
            ))}
          </div>
        )}
        <div role="status">
          {wrongs.map(wrong => (
            <div key={wrong} className="sp-Search-wrong">
              {wrong}
            </div>
          ))}
        </div>
      </div>
    );
  }
);

/** What can be typed next; the marked one is taken with Tab. */
function Offers({ finding }: { finding: Finding }): JSX.Element {
  return (
    <div className="sp-Search-offers" role="listbox" aria-label={trans.__('Filters to choose from')}>
      {finding.offers.map((offer, at) => (
        <div
          key={offer.text}
          id={`sp-offer-${at}`}
          role="option"
          aria-selected={at === finding.offerAt}
          className="sp-Search-offer"
          // The box keeps the keyboard.
          onMouseDown={event => event.preventDefault()}
          onClick={() => void finding.takeOffer(offer)}
        >
          <span className="sp-Search-offer-text">{offer.text}</span>
          <span className="sp-Search-offer-about">
            {offer.blocks === null
              ? offer.about
              : trans._n('%1 block', '%1 blocks', offer.blocks, offer.blocks)}
          </span>
          {at === finding.offerAt && <span className="sp-Key">{trans._p('key', 'Tab')}</span>}
        </div>
      ))}
    </div>
  );
}

/** Keys that mean the offers or the chips. */
function onFieldKey(event: React.KeyboardEvent, finding: Finding): void {
  if (!(event.target instanceof HTMLInputElement)) {
    return; // a chip's button
  }
  const { offers, text, chips } = finding;
  const isValue = openWord(text).includes(':');
  let isSpent = true;
  if (event.key === 'Backspace' && !text && chips.length) {
    void finding.drop(chips[chips.length - 1]);
  } else if (!offers.length) {
    isSpent = false;
  } else if (event.key === 'Tab' && !event.shiftKey) {
    void finding.takeOffer();
  } else if (event.key === 'Escape') {
    finding.closeOffers();
  } else if (isValue && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    finding.moveOffer(event.key === 'ArrowDown' ? 1 : -1);
  } else {
    isSpent = false;
  }
  if (isSpent) {
    event.preventDefault();
    event.stopPropagation();
  }
}
