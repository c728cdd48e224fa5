/** Draws what can be done with the chosen blocks: tag them, delete them, and what others add. */
import { closeIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../ui/Button';
import { Chip } from '../../ui/Chip';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { LibraryViewProps } from '../block';
import type { Many } from './many';
import { splitTags } from '../page/opened';

const MOST_TAGS = 8;

export function ChosenBar({ state, many }: LibraryViewProps): JSX.Element | null {
  useSignal(many.changed);
  const [isTagging, setTagging] = React.useState(false);
  const count = many.chosen.size;
  React.useEffect(() => {
    if (!count) {
      setTagging(false);
    }
  }, [count]);
  if (!count) {
    return null;
  }
  const isAll = count >= state.blocks.length;
  return (
    <div className="sp-Chosen" role="group" aria-label={trans.__('Chosen blocks')}>
      <div className="sp-Chosen-row">
        <strong>{trans._n('%1 chosen', '%1 chosen', count, count)}</strong>
        {isAll && state.hasMore ? (
          <Button
            label={trans.__('All that was found')}
            kind="quiet"
            disabled={many.isBusy}
            onClick={() => void many.chooseAllFound()}
          />
        ) : (
          !isAll && (
            <Button label={trans.__('All')} kind="quiet" onClick={() => many.chooseAll()} />
          )
        )}
        <span className="sp-Chosen-deeds">
          <Button
            label={trans.__('Tags')}
            kind="quiet"
            pressed={isTagging}
            disabled={many.isBusy}
            onClick={() => setTagging(!isTagging)}
          />
          {many.actions.map(action => (
            <Button
              key={action.id}
              label={action.label}
              icon={action.icon}
              iconOnly
              disabled={many.isBusy}
              onClick={() => void action.run([...many.chosen]).catch(error => many.onFailed(error))}
            />
          ))}
          <Button
            label={trans.__('Delete the chosen blocks')}
            icon={deleteIcon}
            iconOnly
            disabled={many.isBusy}
            onClick={() => void many.remove()}
          />
          <Button
            label={trans.__('Choose none')}
            icon={closeIcon}
            iconOnly
            onClick={() => many.clear()}
          />
        </span>
      </div>
      {isTagging && <TagForm many={many} onClose={() => setTagging(false)} />}
    </div>
  );
}

/** Give tags to the chosen blocks, or take away those that some of them have. */
function TagForm({ many, onClose }: { many: Many; onClose: () => void }): JSX.Element {
  const [text, setText] = React.useState('');
  const give = (): void => {
    const tags = splitTags(text);
    if (tags.length) {
      setText('');
      void many.tag(tags);
    }
  };
  return (
    <form
      className="sp-Chosen-tags"
      onSubmit={event => {
        event.preventDefault();
        give();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <input
        autoFocus
        value={text}
        placeholder={trans.__('Add tags: cleaning, plots')}
        aria-label={trans.__('Tags to add to the chosen blocks')}
        onChange={event => setText(event.target.value)}
      />
      <Button label={trans.__('Add')} kind="accept" disabled={!text.trim()} onClick={give} />
      <div className="sp-Chosen-has">
        {many.tags.slice(0, MOST_TAGS).map(({ tag, blocks }) => (
          <Chip
            key={tag}
            label={blocks < many.chosen.size ? `${tag} ${blocks}` : tag}
            title={trans._n(
              'One of the chosen blocks has it',
              '%1 of the chosen blocks have it',
              blocks,
              blocks
            )}
            onRemove={() => void many.tag([], [tag])}
          />
        ))}
      </div>
    </form>
  );
}
