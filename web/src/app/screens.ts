/* The screens, one row each. Invariant: a screen is fetched when it is first opened, with its part of the catalogue; the
 * shell knows nothing else of it. To add one: a folder in screens/ with index.tsx (default export: a component), its
 * catalogues messages/<part>.<language>.json, and a row here. */
import type { ComponentType } from 'preact';

export interface ScreenProps { id: string }
export interface Screen {
    /** First part of the address. */
    name: string;
    /** In the bar on top; otherwise it is reached from other screens. */
    nav: boolean;
    /** Part of the catalogue; the title is `screen.<name>` in the shared part. */
    part: string;
    load: () => Promise<{ default: ComponentType<ScreenProps> }>;
}

export const screens: Screen[] = [
    { name: 'situation', nav: true, part: 'situation', load: () => import('../screens/situation') },
    { name: 'country', nav: true, part: 'look', load: () => import('../screens/country') },
    { name: 'event', nav: false, part: 'look', load: () => import('../screens/event') },
    { name: 'displacement', nav: true, part: 'look', load: () => import('../screens/displacement') },
    { name: 'report', nav: true, part: 'look', load: () => import('../screens/report') },
    { name: 'alerts', nav: true, part: 'watch', load: () => import('../screens/alerts') },
    { name: 'ceasefire', nav: true, part: 'ceasefire', load: () => import('../screens/ceasefire') },
    { name: 'screening', nav: true, part: 'screening', load: () => import('../screens/screening') },
    { name: 'data', nav: true, part: 'watch', load: () => import('../screens/data') },
];
