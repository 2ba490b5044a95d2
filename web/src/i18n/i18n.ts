/* Words, numbers and dates in the reader's language. Invariant: what a reader sees comes from web/messages (one catalogue
 * a language, and one for each part, such as country.fr.json) or from Intl; nothing is written in a component. */
import { signal } from '@preact/signals';

export const LANGUAGES = ['fr', 'en', 'ar', 'es', 'pt', 'ru', 'zh'] as const;
export type Lang = (typeof LANGUAGES)[number];
export type Messages = Record<string, string>;

/** The language of the page. Change it with `setLang`, never here. */
export const lang = signal<Lang>('en');
const words = signal<Messages>({});

const files = import.meta.glob<{ default: Messages }>('../../messages/*.json');
const inUse = new Set<string>();

const fileOf = (part: string, language: Lang) => `../../messages/${part ? `${part}.` : ''}${language}.json`;

async function load(part: string, language: Lang): Promise<Messages> {
    const file = files[fileOf(part, language)];
    return file ? (await file()).default : {};
}

/** Fetches the words of a part (a screen); '' are those that all screens share. Asked again, it costs nothing. */
export async function loadPart(part: string): Promise<void> {
    if (inUse.has(part)) return;
    const more = await load(part, lang.value);
    inUse.add(part);
    words.value = { ...words.value, ...more };
}

/** Turns the page to another language: the words of all parts in use are fetched first, then everything is drawn anew. */
export async function setLang(language: Lang): Promise<void> {
    const all = await Promise.all([...inUse].map((part) => load(part, language)));
    formats.clear();
    lang.value = language;
    words.value = Object.assign({}, ...all);
    document.documentElement.lang = language;
    document.documentElement.dir = direction(language);
}

export const direction = (language: Lang) => (language === 'ar' ? 'rtl' : 'ltr');

export const isLang = (text: string | null | undefined): text is Lang => LANGUAGES.includes(text as Lang);

/** The language the reader's browser asks for, else English. */
export function preferredLang(): Lang {
    for (const wish of navigator.languages ?? []) {
        const short = wish.slice(0, 2).toLowerCase();
        if (isLang(short)) return short;
    }
    return 'en';
}

type Values = Record<string, string | number>;

function fill(text: string, values?: Values): string {
    if (!values) return text;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** The message of a key, with {name} replaced by values. A key that is missing shows itself, and fails tool/web. */
export function t(key: string, values?: Values): string {
    return fill(words.value[key] ?? key, values);
}

/** Whether there is such a message: for codes that come from the server and may be new. */
export const has = (key: string) => key in words.value;

/**
 * The message for a number of things: `key.one`, `key.few`, ... by the language's own rules, else `key.other`.
 * {n} is the number as the language writes it.
 */
export function tn(key: string, count: number, values?: Values): string {
    const rule = format('plural', () => new Intl.PluralRules(lang.value)).select(count);
    const form = words.value[`${key}.${rule}`] ?? words.value[`${key}.other`] ?? key;
    return fill(form, { n: num(count), ...values });
}

/* --- numbers and dates --- */

const formats = new Map<string, unknown>();

function format<T>(name: string, make: () => T): T {
    const key = `${lang.value} ${name}`;
    let made = formats.get(key) as T | undefined;
    if (!made) formats.set(key, (made = make()));
    return made;
}

/** What is shown where a figure is not known. Never zero. */
export const NOT_KNOWN = '–';

type Maybe = number | null | undefined;
const missing = (x: Maybe): x is null | undefined => x == null || Number.isNaN(x);

/** A whole number, or with `digits` behind the point; `NOT_KNOWN` when it is not known. */
export function num(x: Maybe, digits = 0): string {
    if (missing(x)) return NOT_KNOWN;
    return format(`n${digits}`, () => new Intl.NumberFormat(lang.value, { maximumFractionDigits: digits })).format(x);
}

/** A number for a small place: as many figures as say something, 12.3K. */
export function short(x: Maybe, figures = 3): string {
    if (missing(x)) return NOT_KNOWN;
    if (Math.abs(x) < 10) return num(x, figures > 2 ? 1 : 0);
    return format(`short${figures}`, () => new Intl.NumberFormat(lang.value, { notation: 'compact', maximumSignificantDigits: figures })).format(x);
}

/** A number with its sign, for a change. */
export function signed(x: Maybe, digits = 0): string {
    if (missing(x)) return NOT_KNOWN;
    return format(`s${digits}`, () => new Intl.NumberFormat(lang.value, { maximumFractionDigits: digits, signDisplay: 'exceptZero' })).format(x).replace('-', '\u2212');
}

// From right to left a sign in front of a figure would change sides.
const together = (text: string) => (lang.value === 'ar' ? `\u2066${text}\u2069` : text);

/** A probability 0..1 as a percentage; what is rounded to 0 or 100 and is not is shown as under 1 and over 99. */
export function pct(p: Maybe, digits = 0): string {
    if (missing(p)) return NOT_KNOWN;
    const f = format(`p${digits}`, () => new Intl.NumberFormat(lang.value, { style: 'percent', maximumFractionDigits: digits }));
    const step = 10 ** -digits / 100;
    if (p > 0 && p < step / 2) return together(`<${f.format(step)}`);
    if (p < 1 && p > 1 - step / 2) return together(`>${f.format(1 - step)}`);
    return f.format(p);
}

/** The probability of something to come: never given as certain, nor as impossible. */
export const chance = (p: Maybe, digits = 0) => (missing(p) ? NOT_KNOWN : pct(Math.min(1 - 1e-9, Math.max(1e-9, p)), digits));

// English as the United Nations write it; Arabic with the months of the Gregorian calendar.
const locale = () => ({ ar: 'ar-u-ca-gregory', en: 'en-GB' } as Record<string, string>)[lang.value] ?? lang.value;

function dated(name: string, options: Intl.DateTimeFormatOptions) {
    return format(name, () => new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', ...options }));
}

/** A month "2024-08" in words: "Aug 2024", or "August 2024" when long. */
export function month(text: string | null | undefined, long = false): string {
    const at = text ? Date.parse(`${text.slice(0, 7)}-01T00:00:00Z`) : NaN;
    if (Number.isNaN(at)) return NOT_KNOWN;
    return dated(long ? 'ml' : 'ms', { year: 'numeric', month: long ? 'long' : 'short' }).format(at);
}

/** A day "2024-08-13" in words. */
export function day(text: string | null | undefined): string {
    const at = text ? Date.parse(`${text.slice(0, 10)}T00:00:00Z`) : NaN;
    if (Number.isNaN(at)) return NOT_KNOWN;
    return dated('d', { year: 'numeric', month: 'short', day: 'numeric' }).format(at);
}

/** An instant "2026-11-22T06:04:18Z" in words, in UTC, to the minute. */
export function instant(text: string | null | undefined): string {
    const at = text ? Date.parse(text) : NaN;
    if (Number.isNaN(at)) return NOT_KNOWN;
    return dated('i', { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }).format(at);
}

/** Names in a row, with the language's own "and". */
export function list(items: string[]): string {
    return format('list', () => new Intl.ListFormat(lang.value, { type: 'conjunction' })).format(items);
}

/** Compares two texts as a reader of this language expects. */
export function collate(a: string, b: string): number {
    return format('collate', () => new Intl.Collator(lang.value)).compare(a, b);
}

/** The name of a region by its M49 number (two or three figures), or of a language, from the browser's own tables. */
export function regionName(m49: string): string {
    return format('region', () => new Intl.DisplayNames(lang.value, { type: 'region' })).of(m49) ?? m49;
}
