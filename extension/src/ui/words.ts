/**
 * Every text that people read goes through `trans`: JupyterLab's own translation system, where the
 * extractor of jupyterlab-translate finds it (`trans.__('…')`, `trans._n('one', '%1 many', n)`).
 */
import { nullTranslator, type ITranslator, type TranslationBundle } from '@jupyterlab/translation';

let bundle: TranslationBundle = nullTranslator.load('sponde');

/** Take the language that JupyterLab was set to; called once, before anything is drawn. */
export function speak(translator: ITranslator): void {
  bundle = translator.load('sponde');
}

export const trans: Pick<TranslationBundle, '__' | '_n' | '_p'> = {
  __: (text, ...args) => bundle.__(text, ...args),
  _n: (one, many, n, ...args) => bundle._n(one, many, n, ...args),
  _p: (context, text, ...args) => bundle._p(context, text, ...args)
};
