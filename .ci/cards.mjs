// node .ci/cards.mjs, beside a demo (.ci/serve --demo -- node .ci/cards.mjs)
//
// Two interviewers open the link of the mail that reminds them, and hand their scorecards in: one with JavaScript disabled
// and by the keyboard, with a file, one with the script that keeps what is typed. A candidate chooses a time. Looks at every
// state of the pages.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { Visitor, browser, call, seen, shots } from './visitor.mjs';

const binary = process.env.EVENBAR_BINARY;
const tokenOf = (email) => execFileSync(binary, ['admin', 'token', '--email', email], { encoding: 'utf8' }).trim();
const token = tokenOf('owner@evenbar.example');

// The links of reminders whose cards are still owed, one for each person.
async function links() {
    const { data } = await call(token, 'GET', '/dev/mails?limit=200');
    const found = new Map();
    for (const { kind, to_email: to, text } of data) {
        const link = ['scorecard_due', 'interview_assigned'].includes(kind) && text.match(/\/l\/[\w-]{43}/)?.[0];
        if (!link || found.has(to)) continue;
        const visitor = await Visitor.arrive();
        await visitor.open(link);
        if (await visitor.page.locator('button[value=submit]').count()) found.set(to, link);
        await visitor.context.close();
        if (found.size === 2) break;
    }
    assert.equal(found.size, 2, 'two people of the demo owe a card and have a link');
    return [...found.values()];
}

// The numbers of the attributes on the page.
async function attributes(visitor) {
    return visitor.page.locator('.attribute').count();
}

// A résumé for every candidate, so that there is one to read beside whichever card is owed.
async function sendResumes() {
    const recruiter = tokenOf('tomasz.wilk@evenbar.example');
    const { data } = await call(recruiter, 'GET', '/candidates?limit=100');
    for (const { id } of data) {
        const form = new FormData();
        form.set('kind', 'resume');
        form.set('file', new Blob(['Ten years of databases.']), 'résumé.txt');
        await call(recruiter, 'POST', `/candidates/${id}/attachments`, form);
    }
}

// Attaches two files to the card by its form, and takes one back.
async function attach(visitor) {
    for (const name of ['whiteboard.txt', 'a-name-that-is-as-long-as-some-phones-make-them-for-every-photo-2026-11-27.txt']) {
        await visitor.page.setInputFiles('#file', { name, mimeType: 'text/plain', buffer: Buffer.from('Boxes and arrows.') });
        await visitor.press('form[action$="/files"] button');
    }
    await visitor.look('card-files');
    await visitor.press('form[action$="/removal"] button');
    assert.equal(await visitor.page.locator('form[action$="/removal"]').count(), 1, 'one of the files is gone');
    await visitor.page.setInputFiles('#file', { name: 'page.txt', mimeType: 'text/plain', buffer: Buffer.from('<html>') });
    await visitor.press('form[action$="/files"] button');
    await visitor.expectSummary();
    await visitor.look('card-file-error');
}

async function without(link) {
    const visitor = await Visitor.arrive();
    await visitor.open(link);
    assert.match(await visitor.page.textContent('main'), /résumé\.txt/);
    await visitor.look('card');
    await attach(visitor);
    await visitor.open(link);
    await visitor.fill({ 'evidence-1': 'Asked what fails first, and looked there.' });
    await visitor.press('button[value=submit]');
    await visitor.expectSummary();
    await visitor.look('card-error');
    const count = await attributes(visitor);
    for (let number = 1; number <= count; number += 1) {
        await visitor.tabTo(`[name=level-${number}]`);
        await visitor.page.keyboard.press('Space');
        await visitor.fill({ [`evidence-${number}`]: `Seen and heard, ${number}.` });
    }
    await visitor.tabTo('[name=recommendation]');
    for (const key of ['ArrowDown', 'ArrowDown', 'Space']) await visitor.page.keyboard.press(key);
    await visitor.press('button[value=submit]');
    assert.match(await visitor.page.textContent('.done'), /Your scorecard is in/);
    await visitor.look('card-in');
    await visitor.context.close();
    return count;
}

async function withScript(link) {
    const visitor = await Visitor.arrive();
    await visitor.script(true);
    await visitor.open(link);
    const { page } = visitor;
    const count = await attributes(visitor);
    for (let number = 1; number <= count; number += 1) {
        await page.keyboard.press('j');
        await page.keyboard.press(number === 1 ? '0' : '2');
        assert.equal(await page.inputValue(`[name=level-${number}]:checked`), number === 1 ? 'none' : '2');
    }
    await page.fill('#evidence-1', 'We ran out of time.');
    await page.waitForFunction(() => document.getElementById('kept').textContent.startsWith('Draft kept'));
    // Another page of the same person writes the same field.
    const other = await visitor.context.newPage();
    await other.goto(page.url());
    await other.fill('#evidence-1', 'Written on the other page.');
    await other.waitForFunction(() => document.getElementById('kept').textContent.startsWith('Draft kept'));
    await other.waitForFunction(() => Object.keys(localStorage).length === 0);
    await page.fill('#evidence-1', 'Written on this page.');
    await page.waitForFunction(() => document.getElementById('trouble').textContent.includes('Both texts'));
    const both = await page.inputValue('#evidence-1');
    assert.ok(both.includes('on this page') && both.includes('on the other page'), both);
    await other.close();
    // What was never kept is back after the page was closed without a connection.
    await visitor.context.setOffline(true);
    await page.fill('#summary', 'Typed in a tunnel.');
    await page.waitForFunction(() => document.getElementById('trouble').textContent.startsWith('Not kept yet'));
    await visitor.context.setOffline(false);
    await page.reload();
    assert.equal(await page.inputValue('#summary'), 'Typed in a tunnel.');
    await page.waitForFunction(() => Object.keys(localStorage).length === 0);
    await page.check('[name=recommendation][value=yes]');
    await page.click('button[value=submit]');
    await page.waitForSelector('.done');
    visitor.trouble = visitor.trouble.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'));
    assert.deepEqual(visitor.trouble, []);
    await visitor.context.close();
}

// A candidate chooses a time, and says when they could come.
async function times() {
    const recruiter = tokenOf('tomasz.wilk@evenbar.example');
    const { data } = await call(recruiter, 'GET', '/interviews?limit=100');
    const interview = data.find(({ state }) => ['draft', 'confirmed'].includes(state));
    assert.ok(interview, 'an interview of the demo is to come');
    const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
    const starts = [day(2), day(3), day(4)];
    const path = `/interviews/${interview.id}`;
    const offered = await call(recruiter, 'PUT', `${path}/offered-slots`, { starts, expires_at: day(1) });
    const visitor = await Visitor.arrive();
    await visitor.open(new URL(offered.link).pathname);
    await visitor.look('times');
    await visitor.press('form[method=post] button');
    await visitor.expectSummary();
    await visitor.look('times-error');
    await visitor.tabTo('[name=slot]');
    await visitor.page.keyboard.press('Space');
    await visitor.press('form[method=post] button');
    assert.match(await visitor.page.textContent('.done'), /Your interview is on/);
    await visitor.look('times-chosen');
    const asked = await call(recruiter, 'PUT', `${path}/availability-request`, { expires_at: day(1) });
    await visitor.open(new URL(asked.link).pathname);
    await visitor.look('availability');
    await visitor.press('form[method=post] button');
    await visitor.expectSummary();
    await visitor.look('availability-error');
    await visitor.context.close();
}

// Says that an interview with a card that is owed is over, so that somebody is reminded, whatever the time of the day.
async function remind() {
    const recruiter = tokenOf('tomasz.wilk@evenbar.example');
    const { data } = await call(recruiter, 'GET', '/interviews?limit=100');
    const owes = (seat) => ['lead', 'second'].includes(seat.slot) && !seat.submitted_at && !seat.waived_at;
    const interview = data.find(({ state, panel }) => ['draft', 'confirmed'].includes(state) && panel.some(owes));
    assert.ok(interview, 'a card of an interview to come is owed in the demo');
    const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const override = { reason: 'It took place already.' };
    const held = { starts_at: ago(2), ends_at: ago(1), time_zone: 'Europe/Berlin', override };
    await call(recruiter, 'PUT', `/interviews/${interview.id}/schedule`, held);
    for (let tenth = 0; tenth < 100; tenth += 1) {
        const { data: mails } = await call(token, 'GET', '/dev/mails?limit=200');
        if (mails.some(({ kind }) => kind === 'scorecard_due')) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail('nobody was reminded');
}

// A mail of each kind as its reader sees it, and the page by which reminders are done without.
async function mails() {
    const { data } = await call(token, 'GET', '/dev/mails?limit=200');
    const visitor = await Visitor.arrive();
    const kinds = new Map(data.map((mail) => [mail.kind, mail]));
    for (const [kind, { html }] of kinds) {
        await visitor.script(true);
        await visitor.page.setContent(html);
        await visitor.look(`mail-${kind}`);
    }
    await visitor.open(new URL(kinds.get('scorecard_due').text.match(/\S+\/unsubscribe\/\S+/)[0]).pathname);
    await visitor.look('unsubscribe');
    await visitor.press('form[method=post] button');
    assert.match(await visitor.page.textContent('h1'), /No reminders any more/);
    await visitor.look('unsubscribe-done');
    await visitor.context.close();
    return kinds.size;
}

try {
    const [first, second] = await links();
    await sendResumes();
    const count = await without(first);
    await withScript(second);
    await times();
    await remind();
    const kinds = await mails();
    console.log(`mails of ${kinds} kinds were read; two cards were handed in, the first of ${count} attributes; ${seen.pages} looks; screenshots in ${shots}`);
} finally {
    await browser.close();
}
