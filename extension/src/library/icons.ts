/** The icons of the library's own buttons, fetched with its panel. */
import { draw } from '../ui/icons';

export const cardsIcon = draw('cards', '<path d="M3 4h8v7H3zm10 0h8v7h-8zM3 13h8v7H3zm10 0h8v7h-8z"/>');
export const toMainIcon = draw(
  'to-main',
  '<path d="M3 4h18v16H3zm2 2v12h4V6zm6 0v12h8V6zm1 5h3.6L14 9.4 15.4 8l4 4-4 4-1.4-1.4 1.6-1.6H12z" fill-rule="evenodd"/>'
);
export const toSideIcon = draw(
  'to-side',
  '<path d="M3 4h18v16H3zm2 2v12h4V6zm6 0v12h8V6zm8 5h-3.6L17 9.4 15.6 8l-4 4 4 4 1.4-1.4-1.6-1.6H19z" fill-rule="evenodd"/>'
);
export const collectIcon = draw(
  'collect',
  '<path d="M4 3h16v2H4zm-1 4h18v2H3zm-1 4h20v10H2zm2 2v6h16v-6zm7 1h2v1h1v2h-1v1h-2v-1h-1v-2h1z" fill-rule="evenodd"/>'
);
export const replaceIcon = draw(
  'replace',
  '<path d="M3 3h18v6H3zm2 2v2h14V5zM3 15h18v6H3zm8-5h2v2h2.5L12 15.5 8.5 12H11z" fill-rule="evenodd"/>'
);
export const carryIcon = draw(
  'carry',
  '<path d="M7 3l5 5H9v7H5V8H2zm10 18l-5-5h3V9h4v7h3z"/>'
);
