/** Which files are data by their names, and how far a fetch is in words. Pure. */
import type { AddressFetch } from '../../api/schema';
import { trans } from '../../ui/words';
import { size } from '../words';

const DATA = /\.(csv|tsv|tab|psv|dat|txt|parquet|json|jsonl|ndjson|xlsx|xlsm|xlsb|xls|ods|arrow|feather|ipc|zip)(\.(gz|zst|bz2|xz))?$/i;
const NO_DATA = /(^|\/)(package(-lock)?\.json|tsconfig\.json|requirements\.txt|licen[cs]e\.txt|readme\.txt)$/i;

export const isData = (path: string): boolean =>
  DATA.test(path) && !NO_DATA.test(path) && !path.split('/').some(piece => piece.startsWith('.'));

export function told({ name, bytes, received, status }: AddressFetch): string {
  if (status === 'waiting') {
    return trans.__('%1: the connection is broken at %2; it goes on by itself', name, size(received));
  }
  return bytes
    ? trans.__('%1: %2 % of %3', name, Math.floor((100 * received) / bytes), size(bytes))
    : trans.__('%1: %2 so far', name, size(received));
}
