export { labCanaryDrafts } from './canaries.ts';
export type { LabServerOptions } from './chat-handler.ts';
export type { LabRelay, LabRelayAnswer } from './relay.ts';
export { loadLabResources } from './resources.ts';
export { type LabServer, startLabServer } from './server.ts';
export type { LabFact } from './teaching.ts';
export {
  CONTROL_IDS,
  KNOWN_POSITIVE_ID,
  type LabModel,
  RELAY_ID,
  type StudentOptions,
  TEACHER_ID,
  TEMPORAL_CONTROL_IDS,
  trainLab,
} from './train.ts';
