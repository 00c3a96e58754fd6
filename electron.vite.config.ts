import { resolve } from 'node:path';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { buildSbom } from './scripts/sbom.ts';
import { buildVerifyPage } from './scripts/verify-page.ts';

const from = (path: string) => resolve(import.meta.dirname, path);

/** What bags carry beside their data: the offline page and the list of components. */
const evidenceFiles = {
  name: 'evidence-files',
  closeBundle: async () => {
    await buildVerifyPage(import.meta.dirname);
    buildSbom(import.meta.dirname);
  },
};

export default defineConfig({
  main: {
    plugins: [evidenceFiles],
    build: {
      outDir: 'out/main',
      rollupOptions: {
        // The window's process, the core's process and the command line: one build, shared chunks.
        input: {
          main: from('electron/hosts/desktop/main.ts'),
          'core-process': from('electron/hosts/desktop/core-process.ts'),
          cli: from('electron/hosts/trapstreet.ts'),
          'pac-worker': from('electron/core/endpoints/pac-worker.ts'),
          'similarity-worker': from('electron/core/services/scoring/similarity-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: from('electron/preload/preload.ts') },
        // A sandboxed preload has to be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: from('renderer'),
    plugins: [react(), tailwind()],
    build: {
      outDir: from('out/renderer'),
      // electron-vite leaves the renderer unminified unless told.
      minify: true,
      // The policy of the pages has no data: for fonts or scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      rollupOptions: { input: from('renderer/index.html') },
    },
  },
});
