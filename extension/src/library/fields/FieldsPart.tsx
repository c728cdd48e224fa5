/** The fields on a block's page, once the part that makes them has been fetched. */
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import type { FieldsMaking } from './fieldsMaking';
import { FieldsSection } from './FieldsSection';

interface FieldsPartProps {
  block: CodeBlock;
  isDirty: boolean;
  making: () => Promise<FieldsMaking>;
}

export function FieldsPart({ block, isDirty, making }: FieldsPartProps): JSX.Element | null {
  const [found, setFound] = React.useState<FieldsMaking | null>(null);
  React.useEffect(() => {
    let isHere = true;
    void making().then(one => isHere && setFound(one));
    return () => {
      isHere = false;
    };
  }, [making]);
  return found && <FieldsSection block={block} isDirty={isDirty} making={found} />;
}
