import { defineVerb } from '../verb.ts';
import { verifyCustody } from './custody-verify.ts';

export const workspaceVerify = defineVerb({
  name: 'workspace verify',
  summary: 'Check that nothing in the workspace was changed behind its back (as custody verify)',
  examples: ['workspace verify --workspace ./lab'],
  run: verifyCustody,
});
