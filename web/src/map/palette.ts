/* Colours of the map. Invariant: the steps go one way in lightness, so that they can be told apart without colour, in grey
 * print, and with any of the common kinds of colour blindness; what is not known is hatched, never the lowest step. */

/** From low to high, by day and by night: sand to dark plum, and its mirror in lightness. */
export const STEPS = {
    light: ['#f6eee1', '#ecd2ae', '#e2ad80', '#cf7f62', '#a84a55', '#6d2148'],
    dark: ['#2c3238', '#4a3a49', '#74424f', '#a05552', '#c98055', '#e6b768'],
} as const;

/** Ink that can be read on each step. */
export const ON_STEP = {
    light: ['#172229', '#172229', '#172229', '#172229', '#ffffff', '#ffffff'],
    dark: ['#e4eaee', '#ffffff', '#ffffff', '#10161a', '#10161a', '#10161a'],
} as const;

/** Types of violence: unknown, state-based, non-state, one-sided, other. Each has a shape as well. */
export const TYPE_COLOURS = {
    light: ['#5b6770', '#005a9c', '#b85000', '#7a2f8f', '#3d6b21'],
    dark: ['#aab4bb', '#6bb7f0', '#ffa45c', '#d99be8', '#a5d67f'],
} as const;
export type TypeShape = 'circle' | 'triangle' | 'square' | 'cross';
export const TYPE_SHAPES: TypeShape[] = ['cross', 'circle', 'triangle', 'square', 'cross'];
export const TYPE_NAMES = ['unknown', 'sb', 'ns', 'os', 'other'] as const;

/** Lower ends of the steps behind the first. */
export const PROBABILITY_BREAKS = [0.05, 0.1, 0.25, 0.5, 0.75];
export const DEATHS_BREAKS = [1, 10, 25, 100, 1000];

/** Which step a value is on; -1 = not known. */
export function stepOf(value: number | null | undefined, breaks: number[]): number {
    if (value == null || Number.isNaN(value)) return -1;
    let step = 0;
    while (step < breaks.length && value >= breaks[step]!) step++;
    return step;
}

/** 0xAABBGGRR of a colour, as pixels lie in memory on a little-endian machine. */
export function pixel(colour: string, alpha = 255): number {
    const n = Number.parseInt(colour.slice(1), 16);
    return ((alpha << 24) | ((n & 0xff) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}
