/* What the reader has set for this browser and not for an address: light or dark. Kept in localStorage, where the browser
 * allows it. */
import { effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
const KEY = 'vigie.theme';

function before(): Theme {
    try {
        const kept = localStorage.getItem(KEY);
        return kept === 'light' || kept === 'dark' ? kept : 'auto';
    } catch {
        return 'auto';
    }
}

export const theme = signal<Theme>(before());
const night = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(night.matches);
night.addEventListener('change', (e) => { systemDark.value = e.matches; });

/** Whether the page is dark now: a canvas draws itself anew when this changes. */
export const dark = signal(false);

effect(() => {
    const root = document.documentElement;
    if (theme.value === 'auto') delete root.dataset['theme'];
    else root.dataset['theme'] = theme.value;
    dark.value = theme.value === 'dark' || (theme.value === 'auto' && systemDark.value);
    try {
        if (theme.value === 'auto') localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, theme.value);
    } catch { /* private window: the setting lasts as long as the page */ }
});

/** Whether the reader wants little movement. */
const still = matchMedia('(prefers-reduced-motion: reduce)');
export const reducedMotion = signal(still.matches);
still.addEventListener('change', (e) => { reducedMotion.value = e.matches; });
