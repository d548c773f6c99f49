// Calls the server. When it asks who calls, the person is asked for a key, which stays in this tab's session.

import { find } from './elements.js';

const place = 'nabla-key';
let asking = null;

export class ServerError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function call(path, options = {}) {
  let response = await send(path, options);
  if (response.status === 401 && await askForKey('The server asks who you are. The key stays in this tab until you close it.')) {
    response = await send(path, options);
  }

  if (!response.ok) {
    throw new ServerError(response.status, await reasonOf(response));
  }

  return response.json();
}

// Only one dialog at a time: who comes later waits for the same answer.
export function askForKey(why) {
  asking ??= new Promise(resolve => {
    const dialog = find('key');
    const value = find('key-value');
    find('key-why').textContent = why;
    value.value = '';
    dialog.returnValue = '';
    dialog.addEventListener('close', () => {
      const isUsed = dialog.returnValue === 'use' && value.value.trim() !== '';
      if (isUsed) {
        sessionStorage.setItem(place, value.value.trim());
      }

      value.value = '';
      asking = null;
      resolve(isUsed);
    }, { once: true });
    dialog.showModal();
    value.focus();
  });
  return asking;
}

async function send(path, options) {
  const headers = new Headers(options.headers);
  const key = sessionStorage.getItem(place);
  if (key) {
    headers.set('Authorization', `Bearer ${key}`);
  }

  try {
    return await fetch(path, { ...options, headers, cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
  } catch {
    throw new ServerError(0, 'The server does not answer.');
  }
}

async function reasonOf(response) {
  const said = await response.json().then(body => body.error, () => null);
  const text = typeof said === 'string' ? said : `The server answered ${response.status}.`;
  switch (response.status) {
    case 401: return `The server does not know this key. ${text}`;
    case 403: return `This key may not do that. ${text}`;
    case 429: case 503: {
      const wait = response.headers.get('Retry-After');
      return wait ? `${text} Try again in ${wait} s.` : text;
    }

    default: return text;
  }
}
