/** Puts what may be typed next into JupyterLab's own completer, for the editors of SQL. */
import type { CodeEditorWrapper } from '@jupyterlab/codeeditor';
import type { ICompletionProvider, ICompletionProviderManager } from '@jupyterlab/completer';
import type { Api } from '../../api/client';
import type { SqlWords } from '../../api/schema';
import type { IDatasets } from '../tokens';
import { fitting, offersAt, type Known, type Offer } from './offers';

const NO_WORDS: SqlWords = { keywords: [], functions: [] };

export class Completing {
  private _words: Promise<SqlWords> | null = null;

  constructor(
    private readonly _api: Api,
    private readonly _datasets: IDatasets | null,
    private readonly _manager: ICompletionProviderManager | null
  ) {}

  /** Ask for the words of SQL before they are needed. */
  warm(): Promise<SqlWords> {
    this._words ??= this._api.call('GET /dataset-query-words').catch(() => {
      this._words = null;
      return NO_WORDS;
    });
    return this._words;
  }

  /** Offer completion in an editor: as one types, and when it is asked for. */
  join(field: CodeEditorWrapper): void {
    const manager = this._manager;
    if (!manager) {
      return;
    }
    const ready = manager.updateCompleter({ widget: field, editor: field.editor });
    const host = field.editor.host;
    const isOpen = (): boolean => host.classList.contains('jp-mod-completer-active');
    field.node.addEventListener(
      'keydown',
      event => {
        const asks = event.key === ' ' && event.ctrlKey && !event.shiftKey;
        const takes = event.key === 'Enter' || event.key === 'Tab';
        if (isOpen() && takes && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
          manager.select(field.id);
        } else if (!isOpen() && asks) {
          void ready.then(() => manager.invoke(field.id));
        } else {
          return;
        }
        event.preventDefault();
        event.stopPropagation();
      },
      true
    );
    host.addEventListener('input', event => {
      const typed = (event as InputEvent).data ?? '';
      if (!isOpen() && /^[\p{L}_."]$/u.test(typed) && (event as InputEvent).inputType === 'insertText') {
        // Once the editor has taken the letter.
        void ready.then(() => setTimeout(() => !isOpen() && manager.invoke(field.id)));
      }
    });
  }

  readonly fetch: ICompletionProvider['fetch'] = async ({ text, offset }) => {
    const { start, offers } = await offersAt(text, offset, await this._known());
    // What comes late is not filtered again by what was typed meanwhile.
    return { start, end: offset, items: fitting(offers, text.slice(start, offset)).map(item) };
  };

  private async _known(): Promise<Known> {
    const datasets = this._datasets?.list() ?? [];
    return {
      ...(await this.warm()),
      datasets: datasets.map(({ name, path }) => ({ name, detail: path })),
      columns: async name => {
        const found = datasets.find(one => one.name.toLowerCase() === name);
        if (!found) {
          return [];
        }
        return (await this._datasets?.profile(found.id).catch(() => null))?.columns ?? [];
      }
    };
  }
}

const item = ({ text, kind, detail }: Offer) => ({
  label: text.endsWith('(') ? text.slice(0, -1) : text,
  insertText: text,
  type: kind,
  documentation: detail || undefined
});
