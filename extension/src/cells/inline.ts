/** Asks for the code that comes next in a cell, and gives up as soon as one types on. */
import type {
  CompletionHandler,
  IInlineCompletionContext,
  IInlineCompletionItem,
  IInlineCompletionList
} from '@jupyterlab/completer';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Refusal } from '../api/client';
import type { ISponde } from '../api/tokens';

const MOST_KEPT = 100;
const MOST_ABOVE = 30;

export interface InlineSettings {
  model: string;
  lines: number;
}

type List = IInlineCompletionList<IInlineCompletionItem>;

/** A proposal as it was made, and where. */
interface Kept {
  before: string;
  after: string;
  text: string;
}

/** Whether typing alone may ask: not in words, comments and empty notebooks. Pure. */
export function isWorthIt(before: string, after: string, hasAbove: boolean): boolean {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const isInWord = /^\w/.test(after);
  const isEmpty = !before.trim() && !hasAbove;
  const isInComment = /^\s*(#|--|\/\/)/.test(line);
  const isQuestion = /^\s*%%?ask\b/.test(before);
  return !isInWord && !isEmpty && !isInComment && !isQuestion;
}

/** What a kept proposal still has to say after one typed some of it; null where it does not fit. */
export function restOf(kept: Kept, before: string, after: string): string | null {
  if (kept.after !== after || !before.startsWith(kept.before)) {
    return null;
  }
  const typed = before.slice(kept.before.length);
  return kept.text.startsWith(typed) && kept.text.length > typed.length
    ? kept.text.slice(typed.length)
    : null;
}

export class Inline {
  private _asking: AbortController | null = null;
  private readonly _kept: Kept[] = [];
  private _keptFor = '';
  private _said = '';

  constructor(
    private readonly _sponde: ISponde,
    private readonly _warn: (message: string) => void
  ) {}

  async fetch(
    request: CompletionHandler.IRequest,
    context: IInlineCompletionContext,
    isInvited: boolean,
    settings: InlineSettings
  ): Promise<List> {
    this._asking?.abort();
    const before = request.text.slice(0, request.offset);
    const after = request.text.slice(request.offset);
    const above = cellsAbove(context);
    if (!isInvited && !isWorthIt(before, after, above.length > 0)) {
      return { items: [] };
    }
    const key = `${settings.model}\n${settings.lines}`;
    if (key !== this._keptFor) {
      this._keptFor = key;
      this._kept.length = 0;
    }
    for (const kept of this._kept) {
      const rest = restOf(kept, before, after);
      if (rest !== null) {
        return { items: [{ insertText: rest }] };
      }
    }
    const asking = new AbortController();
    this._asking = asking;
    const forget = abortOnChange(context, asking);
    try {
      const found = await this._sponde.api.call('POST /completions', {
        body: {
          before,
          after,
          cells: above,
          language: request.mimeType?.includes('sql') ? 'sql' : languageOf(request.mimeType),
          model_id: settings.model,
          lines: settings.lines,
          is_invited: isInvited
        },
        signal: asking.signal
      });
      if (asking.signal.aborted || !found.text) {
        return { items: [] };
      }
      this._kept.unshift({ before, after, text: found.text });
      this._kept.length = Math.min(this._kept.length, MOST_KEPT);
      this._said = '';
      return { items: [{ insertText: found.text }] };
    } catch (error) {
      if (!asking.signal.aborted) {
        this._fail(error);
      }
      return { items: [] };
    } finally {
      forget();
      if (this._asking === asking) {
        this._asking = null;
      }
    }
  }

  /** Say once what is wrong, not at every key. */
  private _fail(error: unknown): void {
    const { message, hint } = Refusal.from(error);
    const said = `${message} ${hint}`.trim();
    if (said !== this._said) {
      this._said = said;
      this._warn(said);
    }
  }
}

function languageOf(mime: string | undefined): string {
  const name = (mime ?? '').replace(/^text\/(x-)?/, '').replace(/^(ipy|i)?python.*/, 'python');
  return name || 'python';
}

function notebookOf(context: IInlineCompletionContext): NotebookPanel | null {
  const panel = context.widget as NotebookPanel;
  return panel.content?.widgets && panel.content.model ? panel : null;
}

/** The code cells above the one that is typed in. */
function cellsAbove(context: IInlineCompletionContext): string[] {
  const notebook = notebookOf(context)?.content;
  if (!notebook) {
    return [];
  }
  return notebook.widgets
    .slice(0, notebook.activeCellIndex)
    .filter(cell => cell.model.type === 'code')
    .slice(-MOST_ABOVE)
    .map(cell => cell.model.sharedModel.getSource())
    .filter(source => source.trim());
}

/** End a request at the first change of the text that it was made for. */
function abortOnChange(context: IInlineCompletionContext, asking: AbortController): () => void {
  const shared = notebookOf(context)?.content.activeCell?.model.sharedModel;
  if (!shared) {
    return () => undefined;
  }
  const abort = (): void => asking.abort();
  shared.changed.connect(abort);
  return () => {
    shared.changed.disconnect(abort);
  };
}
