// Keeps what is typed at every pause and on this device until the service has it, and answers to keys:
// 1 to 7 rate, 0 says that there was no signal, j and k go on and back. The page does without.
'use strict';
(() => {
  const form = document.getElementById('card');
  const copy = `evenbar.card.${form.dataset.card}`;
  if (form.dataset.in) {
    localStorage.removeItem(copy);
    return;
  }
  const base = document.getElementById('base');
  const kept = document.getElementById('kept');
  const trouble = document.getElementById('trouble');
  const pause = 1200;
  let waiting = 0;
  let saving = false;
  let edits = 0;
  let failures = 0;

  const typed = () => {
    const data = new FormData(form);
    data.delete('proof');
    data.delete('then');
    return Object.fromEntries(data);
  };
  const fill = (fields) => {
    for (const [name, value] of Object.entries(fields)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
  };
  const remember = () => {
    try {
      localStorage.setItem(copy, JSON.stringify(typed()));
    } catch {
      // A full or forbidden store: the service still keeps it.
    }
  };
  const later = (wait) => {
    clearTimeout(waiting);
    waiting = setTimeout(save, wait);
  };
  const clock = () => new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

  // Takes over what another page wrote. False when that was not possible, because the text was changed
  // meanwhile: then the next save, which still says what it was shown, brings them together.
  const takeOver = (merged, sent) => {
    const news = {};
    for (const [name, value] of Object.entries(merged)) {
      const now = form.elements.namedItem(name).value;
      if (!now.startsWith(sent[name] ?? '')) return false;
      news[name] = value + now.slice((sent[name] ?? '').length);
    }
    fill(news);
    return true;
  };

  const tell = (status, reply) => {
    if (status === 401) return 'You are signed out. What you typed stays on this device: sign in on another tab, and go on here.';
    if (status === 409) return 'This card was written on two pages. Both texts stand in the fields: keep what should stay.';
    if (status === 403) return 'This page belongs to an earlier sign-in. What you typed stays on this device: load the page again.';
    if (status === 413) return 'This is more than a card can hold. What you typed stays on this device.';
    const wrong = Object.values(reply.errors ?? {})[0];
    return wrong ? `Not kept yet: ${wrong}` : '';
  };

  const save = async () => {
    if (saving) return later(pause);
    saving = true;
    const [sent, version] = [typed(), edits];
    const body = new URLSearchParams(new FormData(form));
    body.set('then', 'save');
    try {
      const headers = { accept: 'application/json' };
      const answer = await fetch(location.pathname, { method: 'POST', headers, body, keepalive: body.toString().length < 60000 });
      const reply = answer.headers.get('content-type')?.includes('json') ? await answer.json() : {};
      failures = 0;
      trouble.textContent = tell(answer.status, reply);
      if (answer.status === 404 || reply.trouble === 'submitted') return location.reload();
      if (answer.ok || answer.status === 409) {
        if (takeOver(reply.merged ?? {}, sent)) base.value = reply.base;
        kept.textContent = `Draft kept ${clock()}.`;
        if (edits === version) localStorage.removeItem(copy);
      } else if (answer.status >= 500 || answer.status === 429) {
        throw new Error(answer.status);
      }
    } catch {
      failures += 1;
      trouble.textContent = 'Not kept yet: the service does not answer. What you typed stays on this device.';
      later(Math.min(60000, pause * 2 ** failures));
    } finally {
      saving = false;
    }
    if (edits !== version) later(pause);
  };

  form.addEventListener('input', () => {
    edits += 1;
    remember();
    later(pause);
  });
  addEventListener('pagehide', () => {
    if (waiting && localStorage.getItem(copy)) save();
  });

  const sections = [...form.querySelectorAll('.attribute')];
  const current = () => {
    const held = document.activeElement?.closest('.attribute');
    return held ? sections.indexOf(held) : -1;
  };
  addEventListener('keydown', (event) => {
    const field = document.activeElement;
    const writes = field?.matches('textarea, select, input:not([type=radio])');
    if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step) {
      const next = sections[Math.min(sections.length - 1, Math.max(0, current() + step))];
      next?.querySelector('input:checked, input')?.focus();
      event.preventDefault();
      return;
    }
    const level = event.key === '0' ? 'none' : event.key;
    const radio = [...(sections[current()]?.querySelectorAll('input') ?? [])].find((input) => input.value === level);
    if (radio && /^([0-7])$/.test(event.key)) {
      radio.checked = true;
      radio.focus();
      form.dispatchEvent(new Event('input'));
      event.preventDefault();
    }
  });

  // What was typed here and never kept, together with what this page was shown then.
  const left = localStorage.getItem(copy);
  if (left) {
    fill(JSON.parse(left));
    edits += 1;
    kept.textContent = 'What you typed here before is back.';
    save();
  }
})();
