/** Draws tags that would fit a block, to be clicked. Fetches nothing. */
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { AboutBlocks } from '../sources/about';

interface SuggestedTagsProps {
  block: CodeBlock;
  about: AboutBlocks;
  /** The tags as they stand in the field, between commas. */
  tags: string;
  onChange: (tags: string) => void;
}

export function SuggestedTags({ block, about, tags, onChange }: SuggestedTagsProps): JSX.Element | null {
  useSignal(about.changed);
  React.useEffect(() => void about.look(block), [about, block]);
  const had = tags.split(',').map(tag => tag.trim().toLowerCase());
  const offered = (about.of(block.id)?.suggestion.tags ?? []).filter(
    tag => !had.includes(tag.toLowerCase())
  );
  if (!offered.length) {
    return null;
  }
  return (
    <div className="sp-SuggestedTags" role="group" aria-label={trans.__('Suggested tags')}>
      {offered.map(tag => (
        <button
          key={tag}
          type="button"
          className="sp-SuggestedTag"
          title={trans.__('Add the tag %1', tag)}
          onClick={() => onChange(tags.trim() ? `${tags.replace(/[,\s]+$/, '')}, ${tag}` : tag)}
        >
          + {tag}
        </button>
      ))}
    </div>
  );
}
