import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import type { Bridge } from '#shared/contract/index.ts';

const bridge: Bridge = {
  // JSON text both ways: the main process passes it on unread.
  call: async (name, input) =>
    JSON.parse(await ipcRenderer.invoke('rpc', String(name), JSON.stringify(input))),
  on: (listener) => {
    const relay = (_event: IpcRendererEvent, name: string, data: string) =>
      listener(name, JSON.parse(data));
    ipcRenderer.on('event', relay);
    return () => {
      ipcRenderer.off('event', relay);
    };
  },
};

contextBridge.exposeInMainWorld('trapstreet', bridge);
