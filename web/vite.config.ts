import { defineConfig } from 'vite';

/** The app is built into dist/web, which the package ships; addresses are relative, so that any path may serve it. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  resolve: { conditions: ['planwright:source', 'browser', 'module', 'import', 'default'] },
  worker: { format: 'es' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    // Styles and scripts are files: the content-security policy allows no inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // "use client" says nothing here: there is no server that renders.
      checks: { moduleLevelDirective: false },
    },
  },
});
