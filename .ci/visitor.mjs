// Somebody at a browser, for the scripts that walk through pages; imported, never run.
//
// Debian's Chromium, by the keyboard alone and with JavaScript disabled unless a flow turns it on. A look at a page, at 320
// and 1280 px, light and dark: axe finds no violation, nothing scrolls sideways, nothing is loaded from elsewhere, and the
// console stays empty. Screenshots land in EVENBAR_SHOTS (default target/pages).
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const require = createRequire(path.join(process.env.EVENBAR_CI_CACHE, 'node', '/'));
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

export const root = process.env.EVENBAR_URL;
export const shots = process.env.EVENBAR_SHOTS ?? 'target/pages';
const flags = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const [narrow, wide] = [{ width: 320, height: 640 }, { width: 1280, height: 800 }];

fs.mkdirSync(shots, { recursive: true });
export const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
export const seen = { pages: 0 };

// Somebody at a browser of their own.
export class Visitor {
    static async arrive() {
        const visitor = new Visitor();
        visitor.context = await browser.newContext({ viewport: wide });
        visitor.page = await visitor.context.newPage();
        visitor.devtools = await visitor.context.newCDPSession(visitor.page);
        await visitor.script(false);
        visitor.trouble = [];
        visitor.page.on('request', (request) => {
            if (!request.url().startsWith(`${root}/`)) visitor.trouble.push(`asks ${request.url()}`);
        });
        visitor.page.on('console', (message) => {
            // A form that does not fit is answered with 422, which Chromium calls an error.
            if (!message.text().includes('status of 4')) visitor.trouble.push(message.text());
        });
        return visitor;
    }

    // JavaScript is on only while axe, which is written in it, looks at a page.
    async script(on) {
        await this.devtools.send('Emulation.setScriptExecutionDisabled', { value: !on });
    }

    async open(address) {
        await this.page.goto(new URL(address, root).href);
    }

    // Looks at the page as it is now.
    async look(name) {
        await this.script(true);
        for (const viewport of [narrow, wide]) {
            for (const colorScheme of ['light', 'dark']) {
                const place = `${name}-${viewport.width}-${colorScheme}`;
                await this.page.setViewportSize(viewport);
                await this.page.emulateMedia({ colorScheme });
                const { violations } = await new AxeBuilder({ page: this.page }).analyze();
                assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html)}`), [], place);
                const [shown, whole] = await this.page.evaluate(
                    () => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
                assert.ok(whole <= shown, `${place} scrolls sideways: ${whole} px`);
                await this.page.screenshot({ path: path.join(shots, `${place}.png`), fullPage: true });
            }
        }
        await this.script(false);
        assert.deepEqual(this.trouble, [], name);
        seen.pages += 1;
    }

    // Moves the focus with Tab until it is on the element.
    async tabTo(selector) {
        for (let step = 0; step < 80; step += 1) {
            if (await this.page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
            await this.page.keyboard.press('Tab');
        }
        assert.fail(`Tab does not reach ${selector}`);
    }

    // Types into fields by their ids, and sends the form with Enter.
    async fill(fields) {
        for (const [id, text] of Object.entries(fields)) {
            await this.tabTo(`#${id}`);
            if (await this.page.evaluate(() => document.activeElement.tagName) !== 'SELECT') {
                await this.page.keyboard.press('Control+A');
                await this.page.keyboard.press('Delete');
            }
            await this.page.keyboard.type(text);
        }
    }

    async press(selector) {
        await this.tabTo(selector);
        await Promise.all([this.page.waitForNavigation(), this.page.keyboard.press('Enter')]);
    }

    async send(fields) {
        await this.fill(fields);
        await this.press('main button[type=submit]');
    }

    // Where it is, and what stands at the top.
    async expect(address, heading) {
        assert.equal(new URL(this.page.url()).pathname.replace(/^\/l\/.*/, '/l'), address);
        assert.equal(await this.page.textContent('h1'), heading);
    }

    // What does not fit is in the focus, and leads to the fields.
    async expectSummary() {
        assert.ok(await this.page.evaluate(() => document.activeElement.matches('.summary')), 'the summary has the focus');
    }
}

export async function call(token, method, address, body) {
    // A form says itself what it is.
    const form = body instanceof FormData;
    const headers = { ...(!form && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${root}/api/v1${address}`, { method, headers, body: form ? body : JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${address}: ${answer.status}`);
    return answer.status === 202 ? undefined : answer.json();
}
