export { type LabCanaryOptions, labCanaryDrafts } from './canaries.ts';
export type { LabCount, LabFault, LabServerOptions } from './chat-handler.ts';
export type { LabRelay, LabRelayAnswer } from './relay.ts';
export { type LabResources, loadLabResources } from './resources.ts';
export { type LabServer, startLabServer } from './server.ts';
export type { LabFact } from './teaching.ts';
export {
  CONTROL_IDS,
  KNOWN_POSITIVE_ID,
  type LabModel,
  type LeakedOptions,
  RELAY_ID,
  type StudentOptions,
  TEACHER_ID,
  TEMPORAL_CONTROL_IDS,
  type TrainLabOptions,
  trainLab,
} from './train.ts';
