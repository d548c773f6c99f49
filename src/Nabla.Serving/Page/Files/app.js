// The page: asks the server every two seconds how it is, while somebody looks.

import { element, find } from './elements.js';
import { showModels } from './models.js';
import { offer, startPlayground } from './playground.js';
import { askForKey, call } from './server.js';

const interval = 2000;
let isPaused = false;
let isRefused = false;

async function refresh() {
  try {
    const state = await call('page/state');
    isRefused = false;
    showHealth(state.status, { healthy: 'Healthy', degraded: 'Degraded', unhealthy: 'Not ready' }[state.status], state.reasons);
    showModels(state.models);
    await offer(state.models);
  } catch (error) {
    // Who is not let in is not asked again and again.
    isRefused = error.status === 401 || error.status === 403;
    showHealth('unhealthy', isRefused ? 'No access' : 'No answer', [error.message]);
  }
}

// Only what changed is written, so that it is read out once.
function showHealth(status, text, reasons) {
  const health = find('health');
  health.className = `health ${status}`;
  if (health.textContent !== text) {
    health.textContent = text;
  }

  const list = find('reasons');
  list.hidden = reasons.length === 0;
  if (list.textContent !== reasons.join('')) {
    list.replaceChildren(...reasons.map(reason => element('li', {}, reason)));
  }
}

async function run() {
  for (;;) {
    if (!isPaused && !isRefused && !document.hidden) {
      await refresh();
    }

    await new Promise(resolve => setTimeout(resolve, interval));
  }
}

find('pause').addEventListener('click', () => {
  isPaused = !isPaused;
  find('pause').setAttribute('aria-pressed', isPaused);
});
find('set-key').addEventListener('click', async () => {
  if (await askForKey('Requests of this page carry the key. It stays in this tab until you close it.')) {
    isRefused = false;
    await refresh();
  }
});
startPlayground();
run();
