import type { presetMethods } from '#shared/contract/preset.ts';
import { listPresets, targetFromPreset } from '../../services/target/presets.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export const presetHandlers = ({
  ports,
}: HandlerServices): Pick<Handlers, keyof typeof presetMethods> => ({
  'preset.list': () => listPresets(ports.paths.resources),
  'preset.apply': (input) => targetFromPreset(ports.paths.resources, input),
});
