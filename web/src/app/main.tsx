/* Begins the page: language and words first, then the shell. */
import { render } from 'preact';
import { isLang, lang, loadPart, preferredLang, setLang } from '../i18n/i18n';
import { loadNames } from '../i18n/countries';
import { route, set } from './route';
import { effect } from '@preact/signals';
import { Shell } from './shell';
import { screens } from './screens';
import './settings';
import './base.css';

// Once the first screen stands and the line is quiet, the other screens are kept for a time without a line.
async function keepAll() {
    const { active } = await navigator.serviceWorker.ready;
    setTimeout(() => active?.postMessage({ keep: lang.value }), 8000);
}

async function begin() {
    const asked = route.value.query['lang'];
    await setLang(isLang(asked) ? asked : preferredLang());
    const screen = screens.find((s) => s.name === route.value.screen);
    // The first screen's code travels beside the words.
    void screen?.load();
    await Promise.all([loadPart(''), loadNames(), screen && loadPart(screen.part)]);
    set({ lang: document.documentElement.lang });
    effect(() => {
        const wish = route.value.query['lang'];
        if (isLang(wish) && wish !== document.documentElement.lang) void setLang(wish).then(loadNames);
    });
    render(<Shell />, document.getElementById('app')!);
    if ('serviceWorker' in navigator && isSecureContext && import.meta.env.PROD)
        navigator.serviceWorker.register('./worker.js').then(() => keepAll(), (failure: unknown) => console.error(failure));
}

void begin();
