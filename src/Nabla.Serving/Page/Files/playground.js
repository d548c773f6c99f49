// Asks a model what a person gives it, and shows what it answers.

import { element, find } from './elements.js';
import { formOf } from './forms.js';
import { number, percent } from './numbers.js';
import { call } from './server.js';

const mostBars = 10;
const mostNumbers = 1000;
let form = null;
let shown = null;

export function startPlayground() {
  find('model').addEventListener('change', () => show(find('model').value));
  find('question').addEventListener('submit', event => {
    event.preventDefault();
    ask();
  });
}

// The choice follows the models; what was chosen stays.
export async function offer(models) {
  const ready = models.filter(model => model.versions.some(version => version.state === 'READY')).map(model => model.name);
  const select = find('model');
  const names = [...select.options].map(option => option.value);
  if (ready.join('\n') !== names.join('\n')) {
    const chosen = select.value;
    select.replaceChildren(...ready.map(name => element('option', { value: name, selected: name === chosen }, name)));
  }

  if (select.value && select.value !== shown) {
    await show(select.value);
  }
}

async function show(name) {
  shown = name;
  find('answer').replaceChildren();
  complain(null);
  try {
    const model = await call(`page/models/${encodeURIComponent(name)}`);
    form = formOf(model);
    form.model = model;
    find('question').replaceChildren(
      ...form.fields, element('div', { class: 'buttons' }, element('button', { type: 'submit', class: 'main' }, 'Predict')));
  } catch (error) {
    find('question').replaceChildren();
    form = null;
    shown = null;
    complain(error);
  }
}

async function ask() {
  if (!form) {
    return;
  }

  const button = find('question').querySelector('button.main');
  button.disabled = true;
  try {
    const { path, headers, body } = await form.request();
    const start = performance.now();
    const answer = await call(path, { method: 'POST', headers, body });
    answerWith(form.model, answer, performance.now() - start);
    complain(null);
  } catch (error) {
    find('answer').replaceChildren();
    complain(error);
  } finally {
    button.disabled = false;
  }
}

function complain(error) {
  find('error').hidden = error === null;
  find('error').textContent = error?.message ?? '';
}

function answerWith(model, answer, took) {
  const place = `Version ${answer.version ?? answer.model_version}, answered in ${number(took)} ms.`;
  find('answer').replaceChildren(...partsOf(model, answer), element('p', { class: 'soft' }, place), ...(answer.id ? feedback(model, answer) : []));
}

// Where the server keeps examples, a person can say what the answer should have been.
function feedback(model, answer) {
  const control = answer.probabilities
    ? element('select', { id: 'truth' }, model.labels.map(label => element('option', { value: label, selected: label === answer.label }, label)))
    : element('input', { id: 'truth', inputmode: 'decimal', autocomplete: 'off' });
  const button = element('button', { type: 'button', class: 'quiet' }, 'Keep as an example');
  const done = element('p', { class: 'soft', role: 'status' });
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      const body = JSON.stringify({ id: answer.id, label: control.value });
      await call(`v2/models/${encodeURIComponent(model.name)}/feedback`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      done.textContent = 'Kept.';
    } catch (error) {
      button.disabled = false;
      done.textContent = error.message;
    }
  });
  return [element('div', { class: 'field' }, element('label', { for: 'truth' }, 'It should have been'), control), element('div', { class: 'buttons' }, button), done];
}

function partsOf(model, answer) {
  if (answer.probabilities) {
    return bars(answer.label, Object.entries(answer.probabilities));
  }

  if (answer.value !== undefined) {
    return [element('p', { class: 'best' }, `${model.target ?? 'Value'}: ${number(answer.value)}`)];
  }

  const [first] = answer.outputs;
  if (answer.outputs.length === 1 && model.task === 'classification' && first.data.length === model.labels?.length) {
    const pairs = first.data.map((value, index) => [model.labels[index], value]).sort((left, right) => right[1] - left[1]);
    return bars(pairs[0][0], pairs);
  }

  return answer.outputs.flatMap(output => [
    element('p', { class: 'label' }, `${output.name} [${output.shape.join(', ')}]`),
    element('p', { class: 'numbers', tabindex: 0 }, output.data.slice(0, mostNumbers).map(value => typeof value === 'number' ? number(value) : value).join('  ')),
  ]);
}

// Probabilities come sorted, the largest first; object keys that look like numbers do not keep their order.
function bars(label, pairs) {
  const sorted = [...pairs].sort((left, right) => right[1] - left[1]);
  const rest = sorted.length - mostBars;
  return [
    element('p', { class: 'best' }, label),
    element('ul', { class: 'bars', 'aria-label': 'Probabilities' }, sorted.slice(0, mostBars).map(([name, share]) => {
      const bar = element('span', { class: 'bar' });
      bar.style.width = `${share * 100}%`;
      return element('li', {}, bar, element('span', {}, name), element('span', { class: 'share' }, percent(share)));
    })),
    ...(rest > 0 ? [element('p', { class: 'soft' }, `and ${rest} more`)] : []),
  ];
}
