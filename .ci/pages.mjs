// node .ci/pages.mjs, beside a service that nobody has set up (.ci/serve -- node .ci/pages.mjs)
//
// Walks through every page in Debian's Chromium as people do, with the keyboard alone and with JavaScript disabled, and
// looks at each: at 320 and 1280 px, light and dark, axe finds no violation, nothing scrolls sideways, nothing is loaded
// from elsewhere, and the console stays empty. Screenshots land in EVENBAR_SHOTS (default target/pages).
//
// To add a page: open it within a flow below and `await look('its name')`.
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const require = createRequire(path.join(process.env.EVENBAR_CI_CACHE, 'node', '/'));
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

const root = process.env.EVENBAR_URL;
const home = process.env.EVENBAR_HOME;
const shots = process.env.EVENBAR_SHOTS ?? 'target/pages';
const password = 'four unrelated words';
const flags = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const [narrow, wide] = [{ width: 320, height: 640 }, { width: 1280, height: 800 }];

fs.rmSync(shots, { recursive: true, force: true });
fs.mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
let looked = 0;

// Somebody at a browser of their own.
class Visitor {
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
        looked += 1;
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

// Waits for a condition that the service brings about by itself.
async function until(what, look) {
    const end = Date.now() + 20_000;
    while (Date.now() < end) {
        const found = look();
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return assert.fail(`there is no ${what}`);
}

// The link of the newest mail of a kind to somebody.
function mailed(kind, email) {
    const folder = path.join(home, 'evenbar-data', 'mail');
    return until(`mail ${kind} to ${email}`, () => {
        if (!fs.existsSync(folder)) return undefined;
        const mails = fs.readdirSync(folder).filter((name) => name.endsWith('.eml')).sort().reverse();
        const texts = mails.map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
        const mail = texts.find((text) => text.includes(`X-Evenbar-Kind: ${kind}`) && text.includes(email));
        const plain = mail?.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
        return plain?.match(/http:\/\/[^\s"<>]*\/l\/[\w-]{43}/)?.[0];
    });
}

async function call(token, method, address, body) {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${root}/api/v1${address}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${address}: ${answer.status}`);
    return answer.status === 202 ? undefined : answer.json();
}

// --- The flows -------------------------------------------------------------------------------------------------------

const owner = 'olive@example.com';

async function setUp() {
    const link = await until('link in the log', () =>
        fs.readFileSync(path.join(home, 'log'), 'utf8').match(/http\S*\/l\/[\w-]{43}/)?.[0]);
    const visitor = await Visitor.arrive();
    await visitor.open(link);
    await visitor.look('set-up');
    const fields = { organization_name: 'Tidewater & Daughters', time_zone: 'Europe/Lisbon', name: 'Olive Owner' };
    await visitor.page.evaluate(() => document.querySelectorAll('[required],[minlength]').forEach((field) => {
        field.removeAttribute('required');
        field.removeAttribute('minlength');
    }));
    await visitor.send({ ...fields, password: 'short' });
    await visitor.expectSummary();
    await visitor.look('set-up-error');
    await visitor.send({ email: owner, password });
    await visitor.expect('/l', 'Evenbar is set up');
    await visitor.look('set-up-done');
    await visitor.open(link);
    await visitor.look('link-dead');
    await visitor.context.close();
}

async function signInAndOut() {
    const visitor = await Visitor.arrive();
    await visitor.open('/');
    await visitor.expect('/sign-in', 'Sign in');
    await visitor.look('sign-in');
    await visitor.send({ email: owner, password: 'not the password' });
    await visitor.expectSummary();
    await visitor.look('sign-in-error');
    await visitor.send({ password });
    await visitor.expect('/account', 'Olive Owner');
    await visitor.look('account');
    await visitor.press('header button');
    await visitor.expect('/sign-in', 'Sign in');
    await visitor.open('/account');
    await visitor.expect('/sign-in', 'Sign in');
    await visitor.context.close();
}

async function join() {
    const { access_token: token } = await call(undefined, 'POST', '/sessions', { email: owner, password });
    const email = 'maximiliane.von-und-zu-hohenschwangau@subsidiary.example.com';
    const person = { name: 'Max', email, role: 'member', time_zone: 'Europe/Lisbon', locale: 'de' };
    await call(token, 'POST', '/invitations', person);
    const visitor = await Visitor.arrive();
    await visitor.open(await mailed('invitation', email));
    await visitor.look('invitation');
    await visitor.send({ name: 'Maximiliane Hohenschwangau', password: 'x'.repeat(12), time_zone: 'Europe/Berlin', locale: 'x' });
    await visitor.expectSummary();
    await visitor.look('invitation-error');
    await visitor.send({ password, locale: 'de' });
    await visitor.expect('/account', 'Maximiliane Hohenschwangau');
    await visitor.look('account-member');
    return [visitor, email];
}

async function forget(email) {
    const visitor = await Visitor.arrive();
    await visitor.open('/sign-in');
    await visitor.press('a[href="/password-reset"]');
    await visitor.look('lost-password');
    await visitor.send({ email });
    await visitor.look('lost-password-sent');
    await visitor.open(await mailed('password_reset', email));
    await visitor.look('reset');
    await visitor.send({ password: 'another four words' });
    await visitor.expect('/l', 'Your password is set');
    await visitor.look('reset-done');
    await visitor.press('main a.button');
    await visitor.send({ email, password: 'another four words' });
    await visitor.expect('/account', 'Maximiliane Hohenschwangau');
    return visitor;
}

async function changePassword(visitor) {
    await visitor.press('a[href="/account/password"]');
    await visitor.look('change-password');
    await visitor.send({ current_password: 'wrong', new_password: 'yet four other words' });
    await visitor.expectSummary();
    await visitor.look('change-password-error');
    await visitor.send({ current_password: 'another four words', new_password: 'yet four other words' });
    await visitor.expect('/account', 'Maximiliane Hohenschwangau');
}

async function trouble() {
    const visitor = await Visitor.arrive();
    await visitor.open('/sign-in');
    await visitor.context.clearCookies();
    await visitor.send({ email: owner, password });
    await visitor.expect('/sign-in', 'This form was not taken');
    await visitor.look('trouble');
    await visitor.context.close();
}

try {
    await setUp();
    await signInAndOut();
    const [joined, email] = await join();
    const back = await forget(email);
    await joined.open('/account');
    await joined.expect('/sign-in', 'Sign in');
    await changePassword(back);
    await trouble();
    console.log(`${looked} pages without a violation, by keyboard and without script; screenshots in ${shots}`);
} finally {
    await browser.close();
}
