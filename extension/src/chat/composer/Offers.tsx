/** What can be taken while a question is written: in groups where it is of several kinds. */
import * as React from 'react';
import type { ReferenceKind } from '../../api/schema';
import { trans } from '../../ui/words';
import { ChipIcon } from './Chips';

export interface ShownOffer {
  key: string;
  label: string;
  detail: string;
  kind?: ReferenceKind;
}

export interface OfferGroup {
  /** Empty: no heading. */
  label: string;
  offers: readonly ShownOffer[];
}

interface OffersProps {
  id: string;
  groups: readonly OfferGroup[];
  selected: string | null;
  onTake: (key: string) => void;
}

export function Offers(props: OffersProps): JSX.Element {
  const { id, groups, selected, onTake } = props;
  return (
    <div className="sp-Offers" role="listbox" id={id} aria-label={trans.__('Suggestions')}>
      {groups.map(({ label, offers }) => (
        <ul key={label} role="group" aria-label={label || trans.__('Suggestions')} className="sp-Offers-group">
          {label && (
            <li className="sp-Offers-heading" role="presentation">
              {label}
            </li>
          )}
          {offers.map(offer => (
            <OfferRow
              key={offer.key}
              id={optionId(id, offer.key)}
              offer={offer}
              isSelected={offer.key === selected}
              onTake={() => onTake(offer.key)}
            />
          ))}
        </ul>
      ))}
    </div>
  );
}

export function optionId(list: string, key: string): string {
  return `${list}-${key.replace(/[^\w-]/g, '_')}`;
}

function OfferRow(props: {
  id: string;
  offer: ShownOffer;
  isSelected: boolean;
  onTake: () => void;
}): JSX.Element {
  const { offer, isSelected } = props;
  const node = React.useRef<HTMLLIElement>(null);
  React.useEffect(() => {
    if (isSelected) {
      node.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [isSelected]);
  return (
    <li
      ref={node}
      id={props.id}
      role="option"
      aria-selected={isSelected}
      className="sp-Offer"
      // The composer keeps the focus.
      onMouseDown={event => {
        event.preventDefault();
        props.onTake();
      }}
    >
      {offer.kind && <ChipIcon kind={offer.kind} />}
      <span className="sp-Offer-label" title={offer.label}>
        {offer.label}
      </span>
      <span className="sp-Offer-detail" title={offer.detail}>
        {offer.detail}
      </span>
    </li>
  );
}
