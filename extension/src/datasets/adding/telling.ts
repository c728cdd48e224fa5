/** Says how far files are on their way, where the Data panel is not to be seen. No React. */
import { Notification } from '@jupyterlab/apputils';
import { trans } from '../../ui/words';
import type { Upload, Uploads } from '../uploads';

const LOOK_MS = 500;

/** Small files are there before one would see it; larger ones are counted, and can be cancelled. */
export function tellSending(uploads: Uploads, mine: readonly Upload[]): void {
  let id = '';
  const going = (): Upload[] => mine.filter(one => uploads.entries.includes(one) && one.state !== 'failed');
  const isSeen = (): boolean => Boolean(document.querySelector<HTMLElement>('#sponde-datasets')?.offsetParent);
  const look = (): void => {
    const left = going();
    if (!left.length) {
      clearInterval(timer);
      if (id) {
        Notification.dismiss(id);
      }
      if (mine.some(one => one.state === 'failed') && !isSeen()) {
        Notification.error(trans.__('Not every file could be taken in: the Data panel says why.'), {
          autoClose: 8000
        });
      }
    } else if (id) {
      Notification.update({ id, message: sentence(left, mine) });
    } else if (!isSeen()) {
      id = Notification.emit(sentence(left, mine), 'in-progress', {
        autoClose: false,
        actions: [{ label: trans.__('Cancel'), callback: () => going().forEach(one => uploads.cancel(one)) }]
      });
    }
  };
  const timer = setInterval(look, LOOK_MS);
}

function sentence(left: readonly Upload[], mine: readonly Upload[]): string {
  const all = mine.reduce((sum, one) => sum + one.file.size, 0);
  const here = mine.reduce((sum, one) => sum + (left.includes(one) ? one.sent : one.file.size), 0);
  const percent = all ? Math.floor((100 * here) / all) : 100;
  if (left.some(one => one.state === 'asking')) {
    return trans.__('A name is taken: the Data panel asks what to do.');
  }
  if (left.some(one => one.state === 'broken')) {
    return trans.__('The connection is broken at %1 %; it goes on by itself.', percent);
  }
  return mine.length === 1
    ? trans.__('Taking in %1: %2 %', mine[0].file.name, percent)
    : trans.__('Taking in %1 files: %2 %', mine.length, percent);
}
