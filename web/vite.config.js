// How the page is built: entries, hashed names, no inline script or style (the server's CSP allows none), and a .gz
// beside every file that gains from it. Where: build/web of the repository, or --outDir.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { tables } from './build/tables.js';
import { worker } from './build/worker.js';
import { gzip } from './build/gzip.js';
import { licences } from './build/licences.js';

const here = dirname(fileURLToPath(import.meta.url));

// One HTML file is one entry: index.html is the page, live.html the room of a consultation.
const entries = Object.fromEntries(
    ['index', 'live'].filter((name) => existsSync(resolve(here, `${name}.html`))).map((name) => [name, resolve(here, `${name}.html`)]),
);

// Names that say what is in a chunk: words-fr, words-country.fr, names-fr, map-110m, or the module's own.
function nameOf({ facadeModuleId: id, name }) {
    const table = /virtual:vigie\/(names|map)\/(\w+)$/.exec(id ?? '');
    if (table) return `${table[1]}-${table[2]}`;
    if (id?.includes('/messages/')) return `words-${name}`;
    const screen = /\/screens\/(\w+)\/index\.tsx$/.exec(id ?? '');
    return screen ? `screen-${screen[1]}` : name;
}

export default defineConfig({
    root: here,
    base: './',
    publicDir: resolve(here, 'public'),
    plugins: [tables(resolve(here, '..', 'data')), licences(here), worker(), gzip()],
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
    json: { stringify: true },
    build: {
        outDir: resolve(here, '..', 'build', 'web'),
        emptyOutDir: true,
        target: 'es2022',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 800, // the fine base map, which comes by itself
        rollupOptions: {
            input: entries,
            output: {
                entryFileNames: 'assets/[name]-[hash].js',
                chunkFileNames: (chunk) => `assets/${nameOf(chunk)}-[hash].js`,
                assetFileNames: 'assets/[name]-[hash][extname]',
            },
        },
    },
});
