// No word outside the catalogues, and no word missing in any language. TAP, one line a file of source and of words.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const web = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LANGUAGES = ['fr', 'en', 'ar', 'es', 'pt', 'ru', 'zh'];
const PLURAL = /\.(zero|one|two|few|many|other)$/;
// The name of the program is the same in every language; CSV and the like are names of forms.
const NAMES = /^(vigie|CSV|GeoJSON|JSON|PDF|HTML|CAP|Atom)$/;
const SHOWN_ATTRIBUTES = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label', 'caption', 'note', 'aria-description', 'aria-roledescription', 'aria-valuetext']);
const SHOWN_PROPERTIES = new Set(['head', 'text', 'caption', 'title', 'label', 'note']);

let failed = 0;
function verdict(name, faults) {
    console.log(`${faults.length ? 'not ok' : 'ok'} - ${name}`);
    for (const fault of faults.slice(0, 15)) console.log(`# ${fault}`);
    failed += faults.length ? 1 : 0;
}

/* --- catalogues --- */

const parts = new Map();
for (const file of readdirSync(join(web, 'messages')).filter((f) => f.endsWith('.json'))) {
    const [, part, language] = /^(?:(.+)\.)?(\w\w)\.json$/.exec(file) ?? [];
    if (!LANGUAGES.includes(language)) { verdict(`words of ${file}`, ['no such language']); continue; }
    const of = parts.get(part ?? '') ?? parts.set(part ?? '', {}).get(part ?? '');
    of[language] = JSON.parse(readFileSync(join(web, 'messages', file), 'utf8'));
}

const isPlural = (all, key) => PLURAL.test(key) && LANGUAGES.every((l) => !all[l] || `${key.replace(PLURAL, '')}.other` in all[l]);
const holes = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort().join(' ');

function faultsOf(all) {
    const faults = LANGUAGES.filter((l) => !all[l]).map((l) => `there is no catalogue for ${l}`);
    const keys = new Set(Object.values(all).flatMap((words) => Object.keys(words)));
    for (const key of keys) {
        const plural = isPlural(all, key);
        const base = plural ? `${key.replace(PLURAL, '')}.other` : key;
        for (const l of LANGUAGES.filter((l) => all[l])) {
            const rule = PLURAL.exec(key)?.[1];
            const wanted = !plural || new Intl.PluralRules(l).resolvedOptions().pluralCategories.includes(rule);
            const text = all[l][key];
            if (wanted && !text?.trim()) faults.push(`${key} is missing in ${l}`);
            if (!text || !all.en?.[base]) continue;
            const more = holes(text).split(' ').filter((h) => h && !holes(all.en[base]).split(' ').includes(h));
            const less = holes(all.en[base]).split(' ').filter((h) => h && h !== 'n' && !holes(text).split(' ').includes(h));
            if (more.length || less.length) faults.push(`${key} in ${l} has {${holes(text)}} where English has {${holes(all.en[base])}}`);
            if (l !== 'en' && text === all.en[key] && /\p{L}{3,}\P{L}+\p{L}{3,}\P{L}+\p{L}{3,}/u.test(text)) faults.push(`${key} is not translated in ${l}`);
        }
    }
    return faults;
}

for (const [part, all] of [...parts].sort()) verdict(`words of ${part || 'all screens'} are there in seven languages`, faultsOf(all));

/* --- source --- */

const known = new Set([...parts.values()].flatMap((all) => Object.keys(all.en ?? {})));
const bases = new Set([...known].map((key) => key.replace(PLURAL, '')));
const hasLetters = (text) => /\p{L}{2,}/u.test(text) && !NAMES.test(text.trim());

function literal(node) {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
    return null;
}

// What a template or a choice writes by itself.
function texts(node) {
    const text = literal(node);
    if (text !== null) return [text];
    if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map((s) => s.literal.text)];
    if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)];
    if (ts.isBinaryExpression(node)) return [...texts(node.left), ...texts(node.right)].filter((_, i) => i >= 0 && node.operatorToken.kind !== ts.SyntaxKind.EqualsEqualsEqualsToken);
    if (ts.isParenthesizedExpression(node)) return texts(node.expression);
    return [];
}

function keyFault(node) {
    const [first] = node.arguments;
    if (!first) return null;
    const plural = node.expression.text === 'tn';
    for (const key of ts.isConditionalExpression(first) ? texts(first) : [literal(first)].filter((k) => k !== null))
        if (!(plural ? bases : known).has(key)) return `there is no message ${key}`;
    if (ts.isTemplateExpression(first) && ![...known].some((k) => k.startsWith(first.head.text))) return `there is no message that begins with ${first.head.text}`;
    return null;
}

function sourceFaults(path) {
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true, path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
    const faults = [];
    const at = (node, text) => faults.push(`${relative(web, path)}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text}`);
    const outside = (node, found) => found.filter(hasLetters).forEach((text) => at(node, `"${text.trim().slice(0, 50)}" stands outside the catalogues`));
    (function visit(node) {
        // What is typed at a terminal is the same in every language.
        if (ts.isJsxElement(node) && /^(code|pre|kbd)$/.test(node.openingElement.tagName.getText())) return;
        if (ts.isJsxText(node)) outside(node, [node.text]);
        if (ts.isJsxExpression(node) && node.expression && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent))) outside(node, texts(node.expression));
        if (ts.isJsxAttribute(node) && SHOWN_ATTRIBUTES.has(node.name.getText()) && node.initializer) {
            const inner = ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer;
            if (inner) outside(node, texts(inner));
        }
        if (ts.isPropertyAssignment(node) && SHOWN_PROPERTIES.has(node.name.getText())) outside(node, texts(node.initializer));
        if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && (node.expression.text === 't' || node.expression.text === 'tn')) {
            const fault = keyFault(node);
            if (fault) at(node, fault);
        }
        ts.forEachChild(node, visit);
    })(source);
    return faults;
}

function files(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)]));
}

for (const path of files(join(web, 'src')).filter((f) => /\.tsx?$/.test(f) && !f.endsWith('.d.ts')).sort())
    verdict(`${relative(web, path)} has no word of its own`, sourceFaults(path));

/* --- the HTML of the entries --- */

for (const name of readdirSync(web).filter((f) => f.endsWith('.html'))) {
    const text = readFileSync(join(web, name), 'utf8').replace(/<title>vigie<\/title>/, '').replace(/<[^>]*>/g, ' ');
    verdict(`${name} has no word of its own`, hasLetters(text) ? [text.trim().slice(0, 80)] : []);
}

process.exit(failed ? 1 : 0);
