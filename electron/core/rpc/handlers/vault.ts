import type { vaultMethods } from '#shared/contract/vault.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function vaultHandlers(
  _services: HandlerServices,
): Pick<Handlers, keyof typeof vaultMethods> {
  return {};
}
