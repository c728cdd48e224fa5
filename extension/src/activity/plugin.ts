/** Shows notices from the server as JupyterLab's own notifications. */
import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISponde } from '../api/tokens';

export const activityPlugin: JupyterFrontEndPlugin<void> = {
  id: 'sponde-lab:activity',
  description: 'Notices of what happened in the workbench.',
  autoStart: true,
  requires: [ISponde],
  activate: (app: JupyterFrontEnd, sponde: ISponde) => {
    sponde.feed.on('Notice', ({ activity }) => {
      const type = activity.level === 'info' ? 'success' : activity.level;
      Notification.emit(activity.text, type, { autoClose: type === 'error' ? false : 6000 });
    });
  }
};
