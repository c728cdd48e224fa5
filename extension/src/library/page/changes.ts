/** Says in words what was changed in a block between two of its texts. Pure. */
import type { CodeBlock, Revision } from '../../api/schema';
import { hunks } from '../../ui/diff';
import { trans } from '../../ui/words';

type Text = Pick<CodeBlock, 'name' | 'language' | 'code' | 'description' | 'tags'>;

/** What was changed, such as "code +2 −1, tags + birds"; never empty. */
export function changeWords(before: Text, after: Text): string {
  const said: string[] = [];
  if (before.code !== after.code) {
    const parts = hunks(before.code, after.code);
    const added = parts.reduce((sum, part) => sum + part.added.length, 0);
    const removed = parts.reduce((sum, part) => sum + part.removed.length, 0);
    const counts = [added && `+${added}`, removed && `−${removed}`].filter(Boolean).join(' ');
    said.push(trans.__('code %1', counts));
  }
  if (before.name !== after.name) {
    said.push(trans.__('renamed from %1', before.name));
  }
  if (before.description !== after.description) {
    said.push(before.description ? trans.__('description') : trans.__('description written'));
  }
  const given = after.tags.filter(tag => !before.tags.includes(tag));
  const taken = before.tags.filter(tag => !after.tags.includes(tag));
  if (given.length || taken.length) {
    const tags = [...given.map(tag => `+ ${tag}`), ...taken.map(tag => `− ${tag}`)];
    said.push(trans.__('tags %1', tags.join(', ')));
  }
  if (before.language !== after.language) {
    said.push(trans.__('language was %1', before.language));
  }
  return said.join(' · ') || trans.__('nothing but spaces');
}

/** Who changed it and how, such as "restored by you". */
export function causeWords(revision: Revision, person: string): string {
  const { cause, changed_by: by } = revision;
  const isMine = by === person;
  if (cause === 'restore') {
    return !by ? trans.__('restored') : isMine ? trans.__('restored by you') : trans.__('restored by another person');
  }
  if (cause === 'twin') {
    return trans.__('was the block “%1”', revision.name);
  }
  if (cause === 'tags') {
    return !by
      ? trans.__('tagged among others')
      : isMine
        ? trans.__('tagged by you, among others')
        : trans.__('tagged by another person, among others');
  }
  return !by ? trans.__('edited') : isMine ? trans.__('edited by you') : trans.__('edited by another person');
}
