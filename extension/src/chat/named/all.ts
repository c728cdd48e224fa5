/** Everything of the workbench and of JupyterLab that questions can name; fetched on first use. */
import type { ReferenceSource } from '../tokens';
import { blockSource, datasetSource, fileSource } from './data';
import type { NamingMeans } from './means';
import { cellSource, notebookSource, selectionSource } from './notebooks';
import { conversationSource, quoteSource } from './talks';
import { variableSource } from './variables';

export function allSources(means: NamingMeans): ReferenceSource[] {
  return [
    selectionSource,
    datasetSource,
    cellSource,
    variableSource,
    notebookSource,
    blockSource,
    fileSource,
    conversationSource,
    quoteSource
  ].map(make => make(means));
}
