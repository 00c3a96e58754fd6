/** The part of Electron's powerMonitor that tells that nobody sits there any more. */
export interface AbsenceSource {
  on(event: AbsenceEvent, listener: () => void): unknown;
}
export type AbsenceEvent = 'lock-screen' | 'suspend' | 'shutdown' | 'user-did-resign-active';

/** Screen locked, machine asleep or going down, another user at the screen (macOS; elsewhere that locks the screen). */
const EVENTS: readonly AbsenceEvent[] = [
  'lock-screen',
  'suspend',
  'shutdown',
  'user-did-resign-active',
];

/** Locks the workspace when the person leaves. */
export function lockOnAbsence(source: AbsenceSource, lock: () => void): void {
  for (const event of EVENTS) source.on(event, lock);
}
