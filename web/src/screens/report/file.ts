/* The report as one HTML file that needs nothing else. Invariant: what is saved is what is shown, with the tables of all
 * drawings in it, and without the tools of the page. */
import { saveBlob } from '../../api/client';
import { direction, lang } from '../../i18n/i18n';

function styles(): string {
    return [...document.styleSheets].flatMap((sheet) => {
        try {
            return [...sheet.cssRules].map((rule) => rule.cssText);
        } catch {
            return []; // of another origin: an extension of the browser
        }
    }).join('\n').replaceAll('</', '<\\/');
}

const nextFrame = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done, 50)));

function tidy(copy: HTMLElement): void {
    copy.querySelectorAll('.tool, .below, input, button:not(thead button)').forEach((e) => e.remove());
    copy.querySelectorAll('thead button').forEach((e) => e.replaceWith(...e.childNodes));
    copy.querySelectorAll('[contenteditable]').forEach((e) => {
        for (const name of ['contenteditable', 'role', 'aria-multiline', 'aria-label', 'tabindex', 'spellcheck']) e.removeAttribute(name);
    });
    copy.querySelectorAll('details').forEach((e) => e.removeAttribute('open'));
    copy.querySelectorAll('svg[width][height]:not([viewBox])').forEach((e) =>
        e.setAttribute('viewBox', `0 0 ${e.getAttribute('width')} ${e.getAttribute('height')}`));
    copy.querySelectorAll<HTMLAnchorElement>('a[href^="#/"]').forEach((e) => {
        e.href = new URL(e.getAttribute('href')!, document.baseURI).href;
        e.removeAttribute('target');
    });
}

/** The page as text. The tables of drawings are only made when they are open: they are opened for the copy. */
export async function fileOf(article: HTMLElement): Promise<string> {
    const closed = [...article.querySelectorAll('details')].filter((d) => !d.open);
    closed.forEach((d) => { d.open = true; });
    await nextFrame();
    const copy = article.cloneNode(true) as HTMLElement;
    closed.forEach((d) => { d.open = false; });
    tidy(copy);
    const head = document.createElement('head');
    head.innerHTML = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title></title><style></style>';
    head.querySelector('title')!.textContent = copy.querySelector('h1')?.textContent ?? '';
    head.querySelector('style')!.textContent = styles();
    return `<!doctype html>\n<html lang="${lang.value}" dir="${direction(lang.value)}">\n${head.outerHTML}\n<body class="report-file">\n${copy.outerHTML}\n</body>\n</html>\n`;
}

export async function saveReport(article: HTMLElement, name: string): Promise<void> {
    saveBlob(new Blob([await fileOf(article)], { type: 'text/html' }), `${name}.html`);
}
