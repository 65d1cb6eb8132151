// node .ci/pages.mjs, beside a service that nobody has set up (.ci/serve -- node .ci/pages.mjs)
//
// Walks through every page but the scorecard's (.ci/cards.mjs) as people do, with the keyboard alone and with JavaScript
// disabled, and looks at each; .ci/visitor.mjs says at what.
//
// To add a page: open it within a flow below and `await look('its name')`.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { Visitor, browser, call, root, seen, shots } from './visitor.mjs';

const home = process.env.EVENBAR_HOME;
const password = 'four unrelated words';

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
    await visitor.expect('/queue', 'Your queue');
    await visitor.look('queue');
    await visitor.open('/account');
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
    console.log(`${seen.pages} pages without a violation, by keyboard and without script; screenshots in ${shots}`);
} finally {
    await browser.close();
}
