/* Begins the room of a consultation: taking part is in this bundle, the two desks are fetched when they are asked for. */
import { render, type ComponentType } from 'preact';
import { isLang, lang, loadPart, preferredLang, setLang } from '../i18n/i18n';
import { kept, place } from './room';
import { Part } from './part';
import './live.css';

async function chosen(part: string): Promise<ComponentType> {
    if (part === 'moderate') return (await import('./desk')).Desk;
    if (part === 'observe') return (await import('./observe')).Observe;
    return Part;
}

async function begin() {
    const { part } = place();
    await setLang(isLang(kept.lang) ? kept.lang : preferredLang());
    kept.lang = lang.value;
    const [Room] = await Promise.all([chosen(part), loadPart('live'), part === 'vote' ? null : loadPart('live-desk')]);
    render(<Room />, document.getElementById('app')!);
}

addEventListener('hashchange', () => location.reload());
void begin();
