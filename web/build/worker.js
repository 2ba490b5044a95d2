// The service worker: src/worker.js with the list of the built files and a name that changes when one of them does.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'worker.js');

export function worker() {
    let out = '';
    return {
        name: 'vigie-worker',
        apply: 'build',
        configResolved(config) { out = config.build.outDir; },
        writeBundle(_options, bundle) {
            const names = Object.keys(bundle).filter((name) => !name.endsWith('.map')).sort();
            const version = createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12);
            // What the first view needs is fetched at once; the rest is kept when it has been asked for.
            const shell = names.filter((name) => /^index\.html$|assets\/index-/.test(name));
            // All screens; words and names come by language, when it is known.
            const rest = names.filter((name) => name.startsWith('assets/') && !shell.includes(name) && !/\/(map-50m|live)/.test(name));
            const text = readFileSync(source, 'utf8')
                .replace("'@version@'", JSON.stringify(version))
                .replace("'@shell@'", JSON.stringify(shell))
                .replace("'@rest@'", JSON.stringify(rest));
            writeFileSync(join(out, 'worker.js'), text);
        },
    };
}
