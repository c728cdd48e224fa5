/** The workbench's own icons, drawn on JupyterLab's grid and coloured by its theme. */
import { LabIcon } from '@jupyterlab/ui-components';

export const draw = (name: string, body: string): LabIcon =>
  new LabIcon({
    name: `sponde:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">${body}</g></svg>`
  });

export const chatIcon = draw(
  'chat',
  '<path d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H9.5L5 21v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm2 4v1.6h12V7zm0 4v1.6h8V11z"/>'
);
export const datasetsIcon = draw(
  'datasets',
  '<path d="M3 4h18v16H3zm2 6v3h4v-3zm6 0v3h8v-3zm-6 5v3h4v-3zm6 0v3h8v-3z" fill-rule="evenodd"/>'
);
export const libraryIcon = draw(
  'library',
  '<path d="M4 4h3.5v16H4zm5 0h3.5v16H9zm5.1.9 3.3-1 4.4 15.2-3.3 1z"/>'
);
export const jobsIcon = draw(
  'jobs',
  '<path d="M12 2.5A9.5 9.5 0 1 1 2.5 12 9.5 9.5 0 0 1 12 2.5zm0 2.2A7.3 7.3 0 1 0 19.3 12 7.3 7.3 0 0 0 12 4.7zm-2 3.6 6 3.7-6 3.7z" fill-rule="evenodd"/>'
);
export const experimentsIcon = draw(
  'experiments',
  '<path d="M3 19.5h18v1.7H3zM5 9h4v9H5zm10-5h4v14h-4zM6.4 4.5h1.2V9H6.4zM11.2 6.6h1.6V18h-1.6z" fill-rule="evenodd"/>'
);
export const publishIcon = draw(
  'publish',
  '<path d="M3 4h18v11H3zm2 2v7h14V6zm1.8 6V9.5h2V12zm4 0V7.5h2V12zm4 0V8.7h2V12zM8 17h8v1.8H8z" fill-rule="evenodd"/>'
);
export const modelsIcon = draw(
  'models',
  '<path d="M9 2h1.8v2.5h2.4V2H15v2.5h2.5a2 2 0 0 1 2 2V9H22v1.8h-2.5v2.4H22V15h-2.5v2.5a2 2 0 0 1-2 2H15V22h-1.8v-2.5h-2.4V22H9v-2.5H6.5a2 2 0 0 1-2-2V15H2v-1.8h2.5v-2.4H2V9h2.5V6.5a2 2 0 0 1 2-2H9zM6.6 6.6v10.8h10.8V6.6zM9 9h6v6H9z" fill-rule="evenodd"/>'
);
export const likeIcon = draw(
  'like',
  '<path d="M3 10h3.6v10H3zm5 10V9.6L12.4 3c1.3 0 2.2 1.1 1.9 2.4L13.6 9H19a2 2 0 0 1 2 2.4l-1.4 7a2 2 0 0 1-2 1.6zm1.8-1.8h7.6l1.6-7.4h-7.6l1.1-5.3-2.7 4.6z" fill-rule="evenodd"/>'
);
export const dislikeIcon = draw(
  'dislike',
  '<path d="M3 14h3.6V4H3zm5-10v10.4l4.4 6.6c1.3 0 2.2-1.1 1.9-2.4l-.7-3.6H19a2 2 0 0 0 2-2.4l-1.4-7a2 2 0 0 0-2-1.6zm1.8 1.8h7.6l1.6 7.4h-7.6l1.1 5.3-2.7-4.6z" fill-rule="evenodd"/>'
);
export const compareIcon = draw(
  'compare',
  '<path d="M3 4h8v16H3zm10 0h8v16h-8zM4.8 5.8v12.4h4.4V5.8zm10 0v12.4h4.4V5.8z" fill-rule="evenodd"/>'
);
export const pinIcon = draw(
  'pin',
  '<path d="M8 2.5h8v1.8h-1.2l.7 6.2a4.6 4.6 0 0 1 2.5 4V16h-5.1v5.5h-1.8V16H6v-1.5a4.6 4.6 0 0 1 2.5-4l.7-6.2H8z"/>'
);
export const monitorIcon = draw(
  'monitor',
  '<path d="M2.5 12.9V11h4.2l2.2-6.6h1.7l3.6 11.2 2-4.6h5.3v1.9h-4.1l-2.5 6h-1.7L9.8 8.2l-1.8 4.7z"/>'
);
export const sqlIcon = draw('sql', '<path d="M4 5l7 7-7 7-1.6-1.6L7.8 12 2.4 6.6zM12 17h9v2.2h-9z"/>');
