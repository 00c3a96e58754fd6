import type { trustMethods } from '#shared/contract/trust.ts';
import { spkiToPem } from '#shared/evidence/spki.ts';
import type { Session } from '../../services/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function trustHandlers({
  workspace,
}: HandlerServices): Pick<Handlers, keyof typeof trustMethods> {
  const open = (): Session => workspace.session();
  return {
    'key.show': () => {
      const signer = open().signer();
      return { keyid: signer.keyid, publicKeyPem: spkiToPem(signer.publicKeySpkiDer) };
    },
  };
}
