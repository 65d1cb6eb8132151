// node .ci/boards.mjs, beside a demo (.ci/serve --demo -- node .ci/boards.mjs)
//
// The desk of a recruiter of the demo and a board of theirs, without script: a card is moved by the keyboard, and what
// stands elsewhere by then is told.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { Visitor, browser, call, seen, shots } from './visitor.mjs';

const binary = process.env.EVENBAR_BINARY;
const tokenOf = (email) => execFileSync(binary, ['admin', 'token', '--email', email], { encoding: 'utf8' }).trim();
const email = 'tomasz.wilk@evenbar.example';
const password = 'four unrelated words';

// A browser in which the recruiter is signed in.
async function signedIn() {
    await call(undefined, 'POST', '/password-resets', { email });
    const visitor = await Visitor.arrive();
    for (let tenth = 0; tenth < 200; tenth += 1) {
        const { data } = await call(tokenOf('owner@evenbar.example'), 'GET', '/dev/mails?limit=200');
        const mail = data.find((one) => one.kind === 'password_reset' && one.to_email === email);
        if (mail) {
            await visitor.open(mail.text.match(/\/l\/[\w-]{43}/)[0]);
            await visitor.send({ password });
            await visitor.open('/sign-in');
            await visitor.send({ email, password });
            return visitor;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return assert.fail(`no password_reset for ${email}`);
}

// The board of the demo with the most on it.
async function fullest() {
    const { data } = await call(tokenOf(email), 'GET', '/jobs?limit=100');
    const boards = [];
    for (const job of data) boards.push(await call(tokenOf(email), 'GET', `/jobs/${job.id}/board`));
    const size = (board) => board.columns.reduce((sum, column) => sum + column.count, 0);
    boards.sort((one, other) => size(other) - size(one));
    assert.ok(size(boards[0]) > 1, 'the demo has a board with applications');
    return boards[0];
}

async function moved(visitor, board) {
    const path = `/jobs/${board.job_id}/board`;
    const from = board.columns.find((column) => column.cards.length);
    const [card] = from.cards;
    await visitor.open(path);
    await visitor.expect(path, board.job_title);
    await visitor.look('board');
    const form = `form:has([value="${card.application_id}"])`;
    const details = `details:has([value="${card.application_id}"])`;
    for (let step = 0; step < 400; step += 1) {
        if (await visitor.page.evaluate((wanted) => document.activeElement?.matches(wanted), `${details} > summary`)) break;
        await visitor.page.keyboard.press('Tab');
    }
    await visitor.page.keyboard.press('Enter');
    await visitor.look('board-menu');
    const to = await visitor.page.inputValue(`${form} select`);
    await visitor.press(`${form} button`);
    await visitor.expect(path, board.job_title);
    const now = await call(tokenOf(email), 'GET', `/applications/${card.application_id}`);
    assert.equal(now.stage_id, to, 'the card was moved');
    // Somebody else moves another card while the page is open.
    const other = (await call(tokenOf(email), 'GET', path)).columns.find((column) => column.stage_id === to).cards.at(-1);
    const back = { from_stage_id: to, to_stage_id: from.stage_id };
    await call(tokenOf(email), 'POST', `/applications/${other.application_id}/moves`, back);
    const stale = `details:has([value="${other.application_id}"])`;
    await visitor.page.locator(`${stale} > summary`).focus();
    await visitor.page.keyboard.press('Enter');
    await visitor.press(`form:has([value="${other.application_id}"]) button`);
    await visitor.expectSummary();
    await visitor.look('board-stale');
    await visitor.open(`${path}?stage_id=${from.stage_id}&limit=1`);
    await visitor.look('board-column');
}

try {
    const visitor = await signedIn();
    await visitor.open('/desk');
    await visitor.expect('/desk', 'Your desk');
    await visitor.look('desk');
    await moved(visitor, await fullest());
    console.log(`a card was moved by the keyboard; ${seen.pages} looks; screenshots in ${shots}`);
} finally {
    await browser.close();
}
