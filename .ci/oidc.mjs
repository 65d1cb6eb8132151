// node .ci/oidc.mjs, beside a service that takes people from EVENBAR_TEST_ISSUER (run by .ci/oidc)
//
// Starts the provider with people of its own, and signs them in with a browser: a member who reaches nothing, a recruiter
// by group, somebody whose address is not verified; and signs out.
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';

const installed = path.join(process.env.EVENBAR_CI_CACHE, 'node', 'node_modules');
const { chromium } = createRequire(path.join(installed, '/'))('playwright-core');
const { default: Provider } = await import(pathToFileURL(path.join(installed, 'oidc-provider/lib/index.js')).href);

const root = process.env.EVENBAR_URL;
const issuer = process.env.EVENBAR_TEST_ISSUER;
const binary = process.env.EVENBAR_BINARY;
const owner = 'olive@example.com';

const people = {
    ada: { name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true, groups: ['chess'] },
    rea: { name: 'Rea Recruiter', email: 'rea@example.com', email_verified: true, groups: ['chess', 'hiring'] },
    una: { name: 'Una Unverified', email: 'una@example.com', email_verified: false, groups: ['hiring'] },
    eve: { name: 'Eve Elsewhere', email: 'eve@example.org', email_verified: true, groups: ['hiring'] },
    olive: { name: 'Olive Other', email: owner, email_verified: true, groups: [] },
};

// --- The provider ----------------------------------------------------------------------------------------------------

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(issuer, {
    clients: [{
        client_id: 'evenbar',
        client_secret: process.env.EVENBAR_TEST_SECRET,
        redirect_uris: [`${root}/sign-in/oidc/callback`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
    }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    features: { devInteractions: { enabled: true } },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'first' }] },
});
const file = (name) => fs.readFileSync(path.join(process.env.EVENBAR_TEST_CERTIFICATES, name));
const server = https.createServer({ key: file('localhost.key'), cert: file('localhost.pem') }, provider.callback());
await new Promise((listening) => server.listen(new URL(issuer).port, '127.0.0.1', listening));

// --- The people ------------------------------------------------------------------------------------------------------

const evenbar = (args, input) => execFileSync(binary, args, { input, encoding: 'utf8' }).trim();
const token = (email) => evenbar(['admin', 'token', '--email', email]);

async function api(email, address, body) {
    const headers = { authorization: `Bearer ${token(email)}`, 'content-type': 'application/json' };
    const method = body ? 'POST' : 'GET';
    const response = await fetch(`${root}/api/v1${address}`, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(response.ok, `${method} ${address}: ${response.status} ${await response.clone().text()}`);
    return response.json();
}

const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

// A browser of somebody's own, after the provider sent it back.
async function comeBack(login) {
    // The certificate of the provider is vouched for by nobody whom Chromium knows; the service does check it.
    const context = await browser.newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${root}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
    assert.ok(page.url().startsWith(`${issuer}/interaction/`), page.url());
    await page.locator('input[name=login]').fill(login);
    await page.locator('input[name=password]').fill('any password does');
    await page.locator('button[type=submit]').click();
    await page.locator('button[type=submit]').click(); // consent
    assert.ok(page.url().startsWith(root), page.url());
    return { context, page };
}

const heading = (page) => page.locator('h1').innerText();
const signedOut = async (page) => {
    await page.goto(`${root}/account`);
    assert.equal(new URL(page.url()).pathname, '/sign-in');
};

try {
    evenbar(['admin', 'owner', '--email', owner, '--name', 'Olive Owner', '--password-stdin'], 'four unrelated words\n');
    await api(owner, '/jobs', { title: 'Engineer' });

    const ada = await comeBack('ada');
    assert.equal(new URL(ada.page.url()).pathname, '/account');
    assert.equal(await heading(ada.page), people.ada.name);
    assert.match(await ada.page.locator('main').innerText(), /ada@example\.com[^]*member/);
    const me = await api(people.ada.email, '/me');
    assert.deepEqual([me.name, me.role], [people.ada.name, 'member']);
    assert.deepEqual((await api(people.ada.email, '/jobs')).data, [], 'a member reaches nothing');
    assert.equal((await api(owner, '/jobs')).data.length, 1);
    console.log('ok: somebody new is signed in, and reaches nothing');

    const held = (await ada.context.cookies()).filter((cookie) => cookie.domain === new URL(root).hostname);
    assert.ok(held.some((cookie) => cookie.name === '__Host-evenbar'), 'the cookie of the session');
    await ada.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await signedOut(ada.page);
    await ada.context.addCookies(held);
    await signedOut(ada.page);
    console.log('ok: signing out ends the session, whoever kept its cookie');

    const rea = await comeBack('rea');
    assert.equal(await heading(rea.page), people.rea.name);
    assert.equal((await api(people.rea.email, '/me')).role, 'recruiter');
    assert.equal((await api(people.rea.email, '/jobs')).data.length, 1);
    people.rea.groups = [];
    await comeBack('rea');
    assert.equal((await api(people.rea.email, '/me')).role, 'member');
    console.log('ok: a group gives a role, and takes it');

    for (const [login, title] of [
        ['una', 'Your address is not verified'],
        ['eve', 'Your address is not one of this organization'],
        ['olive', 'You have a password here'],
    ]) {
        const { page } = await comeBack(login);
        assert.equal(await heading(page), title);
        await signedOut(page);
    }
    const found = await api(owner, '/users');
    assert.deepEqual(found.data.map((user) => user.email).sort(), [people.ada.email, owner, people.rea.email]);
    console.log('ok: whom the provider does not vouch for does not come in');
} finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
}
