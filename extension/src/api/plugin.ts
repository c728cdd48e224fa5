/** Makes the one client and the one stream of this tab. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { speak } from '../ui/words';
import { ServerApi } from './client';
import { ServerFeed } from './feed';
import { ISponde } from './tokens';

export const apiPlugin: JupyterFrontEndPlugin<ISponde> = {
  id: 'sponde-lab:api',
  description: 'Typed calls to the Sponde server and its stream of events.',
  autoStart: true,
  optional: [ITranslator],
  provides: ISponde,
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): ISponde => {
    if (translator) {
      speak(translator);
    }
    const settings = app.serviceManager.serverSettings;
    const api = new ServerApi(settings);
    const feed = new ServerFeed(after => api.url('GET /stream', { query: { after } }), settings);
    // Not before JupyterLab is drawn: the stream must not delay it.
    void app.restored.then(() => feed.follow());
    return { api, feed };
  }
};
