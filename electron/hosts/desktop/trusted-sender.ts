import type { WebFrameMain } from 'electron';
import { isAllowedUrl } from './navigation.ts';

/** What is looked at; the real thing is the frame that Electron names as the sender. */
export type SenderFrame = Pick<WebFrameMain, 'url'> & { readonly parent: unknown };

/** Only the top frame, and only at our own address. A frame that is gone or still blank is nobody. */
export function isTrustedSender(frame: SenderFrame | null | undefined): boolean {
  return frame != null && frame.parent === null && isAllowedUrl(frame.url);
}
