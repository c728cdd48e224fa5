/** What models are called where people read of them. */
import type { IModels } from './tokens';

/** What a model or alias is called. */
export function nameOf(models: IModels, id: string): string {
  const model = models.models.find(found => found.id === id);
  return model?.name ?? id.slice(id.indexOf('/') + 1);
}
