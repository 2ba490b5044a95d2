// licences.txt beside the page: the licences of what is compiled into it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// In the bundle, with all they bring along; what only builds or tests is not.
function packages(modules, names, found = new Map()) {
    for (const name of names) {
        const folder = join(modules, name);
        if (found.has(name) || !existsSync(join(folder, 'package.json'))) continue;
        const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        found.set(name, { about, folder });
        packages(modules, Object.keys(about.dependencies ?? {}), found);
    }
    return found;
}

export function licences(web) {
    return {
        name: 'vigie-licences',
        apply: 'build',
        generateBundle() {
            const modules = join(web, 'node_modules');
            const own = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'));
            const found = packages(modules, Object.keys(own.dependencies));
            const texts = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { about, folder }]) => {
                const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
                return `${name} ${about.version} (${about.license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : 'The package has no licence file; its package.json names the licence above.'}\n`;
            });
            this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
        },
    };
}
