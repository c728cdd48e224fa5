/** The section "Access for programs" on the Models page. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import * as React from 'react';
import { ISponde } from '../api/tokens';
import { IModels } from '../models/tokens';
import { lazily } from '../ui/lazily';
import { McpAccess } from './mcpState';
import { AccessState } from './state';

const AccessView = lazily(async () => (await import('./panel')).AccessView);

export const gatewayPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:gateway',
  description: 'Tokens with which programs ask models.',
  autoStart: true,
  requires: [ISponde, IModels],
  activate: (app: JupyterFrontEnd, sponde: ISponde, models: IModels) => {
    const state = new AccessState(sponde);
    const tools = new McpAccess(sponde);
    const address = (path: string): string =>
      new URL(URLExt.join(PageConfig.getBaseUrl(), path), window.location.href).href;
    models.addSection({
      id: 'access',
      label: 'Access for programs',
      rank: 50,
      draw: () =>
        React.createElement(AccessView, {
          state,
          openai: address('sponde/v1'),
          ollama: address('sponde'),
          mcp: address('sponde/mcp'),
          tools,
          copy: (text: string) => Clipboard.copyToSystem(text)
        })
    });
  }
};
