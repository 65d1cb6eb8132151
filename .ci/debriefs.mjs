// node .ci/debriefs.mjs, beside a demo (.ci/serve --demo -- node .ci/debriefs.mjs)
//
// Debriefs of the demo as their people see them, without script: one that gathers, to its driver and to those who owe a card
// and hand it in; the same as it is discussed, to somebody who is asked and answers by the keyboard, and to its decider, who
// decides; and one that is decided, on one printed page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { Visitor, browser, call, seen, shots } from './visitor.mjs';

const binary = process.env.EVENBAR_BINARY;
const tokenOf = (email) => execFileSync(binary, ['admin', 'token', '--email', email], { encoding: 'utf8' }).trim();
// Anew for every call: tokens last for minutes.
const owner = () => tokenOf('owner@evenbar.example');
const driver = () => tokenOf('tomasz.wilk@evenbar.example');
const password = 'four unrelated words';

async function emailOf(id) {
    return (await call(owner(), 'GET', `/users/${id}`)).email;
}

// The link of the newest mail of a kind to somebody.
async function mailed(kind, email) {
    for (let tenth = 0; tenth < 200; tenth += 1) {
        const { data } = await call(owner(), 'GET', '/dev/mails?limit=200');
        const mail = data.find((one) => one.kind === kind && one.to_email === email);
        if (mail) return mail.text.match(/\/l\/[\w-]{43}/)[0];
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return assert.fail(`no ${kind} for ${email}`);
}

const doors = new Map();

// A browser in which somebody is signed in.
async function as(email) {
    if (doors.has(email)) return doors.get(email);
    await call(undefined, 'POST', '/password-resets', { email });
    const visitor = await Visitor.arrive();
    await visitor.open(await mailed('password_reset', email));
    await visitor.send({ password });
    await visitor.open('/sign-in');
    await visitor.send({ email, password });
    doors.set(email, visitor);
    return visitor;
}

// A debrief as its driver knows it.
async function debrief(state) {
    const { data } = await call(driver(), 'GET', '/debriefs?limit=100');
    const found = data.filter((one) => one.state === state);
    assert.ok(found.length, `a debrief of the demo is ${state}`);
    return call(driver(), 'GET', `/debriefs/${found[0].id}`);
}

// One that gathers: to its driver, and to somebody who owes a card.
async function gathering() {
    const { id, application_id: application } = await debrief('gathering');
    const { data } = await call(driver(), 'GET', `/interviews?application_id=${application}`);
    const owes = (seat) => ['lead', 'second'].includes(seat.slot) && !seat.submitted_at && !seat.waived_at;
    const seats = data.flatMap((interview) => interview.panel).filter(owes);
    const visitor = await as('tomasz.wilk@evenbar.example');
    await visitor.open(`/debriefs/${id}`);
    assert.match(await visitor.page.textContent('.done'), /\d of \d cards are in\. It opens when the last is in/);
    await visitor.look('debrief-gathering');
    for (const [index, seat] of seats.entries()) {
        const sealed = await as(await emailOf(seat.user_id));
        await sealed.open(`/debriefs/${id}`);
        assert.match(await sealed.page.textContent('.done'), /Your scorecards? (is|are) awaited/);
        if (index === 0) await sealed.look('debrief-sealed');
        await sealed.press('.done a.button');
        const levels = await sealed.page.locator('.attribute').count();
        for (let number = 1; number <= levels; number += 1) await sealed.page.check(`[name=level-${number}][value="1"]`);
        await sealed.page.check('[name=recommendation][value=strong_no]');
        await sealed.tabTo('button[value=submit]');
        await Promise.all([sealed.page.waitForNavigation(), sealed.page.keyboard.press('Enter')]);
    }
}

// Answers every question that is put to somebody.
async function answer(visitor, address) {
    await visitor.open(address);
    const fields = await visitor.page.locator('textarea[id^=answer-]').evaluateAll((all) => all.map((one) => one.id));
    for (const field of fields) await visitor.fill({ [field]: 'In my hour the plan held once it was drawn.' });
    await visitor.press('form[action$="/responses"] button');
    assert.equal(await visitor.page.locator('form[action$="/responses"]').count(), 0, 'it was taken');
}

// One that is discussed: everybody who is asked answers, somebody recommends otherwise, and its decider decides.
async function discussed() {
    const { id, findings, decider_id: decider } = await debrief('discussing');
    const address = `/debriefs/${id}`;
    const asked = [...new Set(findings.filter((one) => one.severity === 'blocking').flatMap((one) => one.user_ids))];
    const [first, ...others] = await Promise.all(asked.map(emailOf));
    const visitor = await as(first);
    await visitor.open(address);
    await visitor.look('debrief-discussing');
    await visitor.press('form[action$="/responses"] button');
    await visitor.expectSummary();
    await visitor.look('debrief-answer-error');
    await answer(visitor, address);
    await visitor.press('details summary').catch(() => visitor.page.locator('details').evaluate((one) => one.setAttribute('open', '')));
    await visitor.look('debrief-answered');
    for (const email of others) await answer(await as(email), address);
    const deciding = await as(await emailOf(decider));
    await deciding.open(address);
    await deciding.look('debrief-deciding');
    await deciding.press('button[value=decide]');
    await deciding.expectSummary();
    await deciding.look('debrief-decide-error');
    await deciding.tabTo('[name=outcome]');
    await deciding.page.keyboard.press('Space');
    const level = await deciding.page.locator('#level option').nth(1).getAttribute('value');
    await deciding.page.selectOption('#level', level);
    const texts = await deciding.page.locator('textarea[id^=finding-], textarea[id^=concern-]').evaluateAll((all) => all.map((one) => one.id));
    const words = 'Three people saw the same thing from different sides, and the doubt is about speed. ';
    const memo = { summary: words.repeat(3), 'for-1': 'Asks for the limits before the design.', 'against-1': 'Slow to begin.' };
    for (const field of texts) memo[field] = 'The first weeks are planned for it.';
    for (const [field, text] of Object.entries(memo)) await deciding.page.fill(`#${field}`, text);
    await deciding.tabTo('button[value=decide]');
    await Promise.all([deciding.page.waitForNavigation(), deciding.page.keyboard.press('Enter')]);
    assert.match(await deciding.page.textContent('#h-decision'), /The decision: Hire/);
    await deciding.look('debrief-just-decided');
}

// One that is decided, on screen and on paper.
async function decided() {
    const { id } = await debrief('decided');
    const visitor = await as('tomasz.wilk@evenbar.example');
    await visitor.open(`/debriefs/${id}`);
    await visitor.look('debrief-decided');
    await visitor.page.emulateMedia({ media: 'print', colorScheme: 'light' });
    const pdf = await visitor.page.pdf({ format: 'A4' });
    fs.writeFileSync(path.join(shots, 'debrief-decided.pdf'), pdf);
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
    assert.equal(pages, 1, 'it fits on one page');
    await visitor.page.emulateMedia({ media: 'screen' });
}

try {
    await gathering();
    await discussed();
    await decided();
    console.log(`two debriefs were read, one was decided; ${seen.pages} looks; screenshots in ${shots}`);
} finally {
    await browser.close();
}
