/* The address is the state: `#/screen/id?key=value`. Invariant: everything a reader can set on a screen (language, filters,
 * dates, what is open) is in it, so that an address that is sent, kept or gone back to restores the screen whole. */
import { computed, signal, type ReadonlySignal } from '@preact/signals';

export interface Route {
    screen: string;
    /** What the screen shows, such as a country's ISO3; '' when there is nothing to choose. */
    id: string;
    query: Readonly<Record<string, string>>;
}
export type Change = Record<string, string | number | null | undefined>;

/** What goes along from screen to screen. */
const SHARED = ['lang', 'type', 'country', 'region', 'actor', 'source', 'from', 'to'];

export function parse(hash: string): Route {
    const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
    const [screen = '', ...rest] = path.split('/');
    return { screen: screen || 'situation', id: decode(rest.join('/')), query: Object.fromEntries(new URLSearchParams(search)) };
}

function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text; // a % that is no escape: shown as it came, and not found
    }
}

export const route = signal<Route>(parse(location.hash));

function write({ screen, id, query }: Route): string {
    const search = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== '')).toString().replaceAll('%2C', ',');
    return `#/${screen}${id ? `/${encodeURIComponent(id)}` : ''}${search ? `?${search}` : ''}`;
}

function changed(query: Route['query'], change: Change): Record<string, string> {
    const next = { ...query };
    for (const [key, value] of Object.entries(change)) {
        if (value == null || value === '') delete next[key];
        else next[key] = String(value);
    }
    return next;
}

/** The address of a screen; language and filters go along, other parameters only when named. For href=. */
export function link(screen: string, id = '', change: Change = {}): string {
    const now = route.value.query;
    const kept = Object.fromEntries(SHARED.filter((key) => key in now).map((key) => [key, now[key]!]));
    return write({ screen, id, query: changed(kept, change) });
}

/** The address of this screen with some parameters changed; null takes one out. For href=. */
export function here(change: Change): string {
    const { screen, id, query } = route.value;
    return write({ screen, id, query: changed(query, change) });
}

/** Changes parameters of the address. `push` makes a step that "back" undoes; without it the step is replaced. */
export function set(change: Change, push = false): void {
    const to = here(change);
    if (to === write(route.value)) return;
    history[push ? 'pushState' : 'replaceState'](null, '', to);
    route.value = parse(to);
}

/** Goes to an address made with `link` or `here`. */
export function go(to: string): void {
    history.pushState(null, '', to);
    route.value = parse(to);
    scrollTo(0, 0);
}

const known = new Map<string, ReadonlySignal<string>>();

/** A parameter of the address as a signal; '' when it is not there. */
export function param(name: string): ReadonlySignal<string> {
    let found = known.get(name);
    if (!found) known.set(name, (found = computed(() => route.value.query[name] ?? '')));
    return found;
}

/** A parameter that holds several values, separated by commas. */
export const listOf = (text: string) => (text ? text.split(',').filter(Boolean) : []);

addEventListener('hashchange', () => { route.value = parse(location.hash); });
addEventListener('popstate', () => { route.value = parse(location.hash); });
