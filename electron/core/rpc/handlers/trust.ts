import type { trustMethods } from '#shared/contract/trust.ts';
import { spkiToPem } from '#shared/evidence/spki.ts';
import { importKey, keyHistory, rotateKey } from '../../services/evidence/signing-key.ts';
import {
  addAuthority,
  listAuthorities,
  removeAuthority,
  testAuthority,
} from '../../services/timestamp/authority.ts';
import { addStamps, getStamp, listStamps } from '../../services/timestamp/list.ts';
import { renewStamps } from '../../services/timestamp/timestamp.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function trustHandlers({
  workspace,
  transport,
  events,
}: HandlerServices): Pick<Handlers, keyof typeof trustMethods> {
  const open = (): Session => workspace.session();
  /** The outbound door learns of a new host by this. */
  const changedHosts = <T>(result: T): T => {
    events.emit('target.changed', {});
    return result;
  };
  return {
    'key.show': () => {
      const session = open();
      const signer = session.signerOf(session.trust.keys().at(-1)?.keyid);
      return { keyid: signer.keyid, publicKeyPem: spkiToPem(signer.publicKeySpkiDer) };
    },
    'key.history': () => keyHistory(open()),
    'key.rotate': (input) => rotateKey(open(), transport, input),
    'key.import': (input) => importKey(open(), transport, input),
    'authority.list': () => listAuthorities(open()),
    'authority.add': async (input) => changedHosts(await addAuthority(open(), input)),
    'authority.remove': ({ name }) => changedHosts(removeAuthority(open(), name)),
    'authority.test': ({ name }) => testAuthority(open(), transport, name),
    'stamp.list': (input) => listStamps(open(), input),
    'stamp.get': ({ id }) => getStamp(open(), id),
    'stamp.add': (input) => addStamps(open(), transport, input),
    'stamp.renew': (input) => renewStamps(open(), transport, input),
  };
}
