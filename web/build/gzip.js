// A .gz beside each built file that gets smaller by it: the server sends it as it lies, without compressing again.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

function files(folder) {
    return readdirSync(folder, { withFileTypes: true })
        .flatMap((e) => (e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)]));
}

export function gzip() {
    let out = '';
    return {
        name: 'vigie-gzip',
        apply: 'build',
        configResolved(config) { out = config.build.outDir; },
        closeBundle: {
            order: 'post',
            sequential: true,
            handler() {
                for (const path of files(out)) {
                    if (path.endsWith('.gz')) continue;
                    const small = gzipSync(readFileSync(path), { level: 9 });
                    if (small.length < statSync(path).size * 0.95) writeFileSync(`${path}.gz`, small);
                    else rmSync(`${path}.gz`, { force: true });
                }
            },
        },
    };
}
