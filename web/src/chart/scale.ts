/* From figures to places in a drawing. Invariant: an axis begins at zero for counts, and its marks are round numbers. */

export interface Scale { (value: number): number; ticks: number[] }

/** Round steps: 1, 2 or 5 times a power of ten, about `n` of them. */
export function ticks(low: number, high: number, n: number): number[] {
    if (!(high > low)) return [low];
    const raw = (high - low) / n;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw)!;
    const out: number[] = [];
    for (let i = Math.ceil(low / step); i * step <= high * (1 + 1e-9); i++) out.push(i * step);
    return out;
}

export function linear(low: number, high: number, from: number, to: number, n = 4): Scale {
    const top = high > low ? high : low + 1;
    const at = (v: number) => from + ((v - low) / (top - low)) * (to - from);
    return Object.assign(at, { ticks: ticks(low, top, n) });
}

/** log(1 + v): for deaths, which span five powers of ten and may be none. */
export function logged(high: number, from: number, to: number): Scale {
    const top = Math.log1p(Math.max(1, high));
    const at = (v: number) => from + (Math.log1p(Math.max(0, v)) / top) * (to - from);
    const marks = [0];
    for (let v = high > 10_000 ? 100 : 10; v <= high; v *= high > 10_000 ? 100 : 10) marks.push(v);
    if (marks.length === 1) marks.push(Math.max(1, Math.round(high)));
    return Object.assign(at, { ticks: marks });
}

/** Months as numbers, and back. */
export const monthNumber = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
export const monthText = (n: number) => `${String(Math.floor(n / 12)).padStart(4, '0')}-${String((n % 12) + 1).padStart(2, '0')}`;

/** Every month from the first to the last, both with. */
export function months(first: string, last: string): string[] {
    const out: string[] = [];
    for (let n = monthNumber(first); n <= monthNumber(last); n++) out.push(monthText(n));
    return out;
}

/** A line through points; where a value is not known (null, NaN) the line is broken, not drawn through. */
export function path(xs: number[], ys: (number | null)[]): string {
    let out = '', pen = false;
    ys.forEach((y, i) => {
        const known = y != null && !Number.isNaN(y);
        if (known) out += `${pen ? 'L' : 'M'}${xs[i]!.toFixed(1)} ${y.toFixed(1)}`;
        pen = known;
    });
    return out;
}

/** The area between two lines. */
export function band(xs: number[], low: number[], high: number[]): string {
    if (!xs.length) return '';
    const up = xs.map((x, i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${high[i]!.toFixed(1)}`).join('');
    const back = xs.map((_, i) => `L${xs[xs.length - 1 - i]!.toFixed(1)} ${low[xs.length - 1 - i]!.toFixed(1)}`).join('');
    return `${up}${back}Z`;
}
