// The cards of the models: what they do now, and the last two minutes.

import { Chart } from './chart.js';
import { element, find } from './elements.js';
import { bytes, milliseconds, number } from './numbers.js';

const cards = new Map();
const seconds = 10;

export function showModels(models) {
  const list = find('models');
  for (const model of models) {
    if (!cards.has(model.name)) {
      cards.set(model.name, new Card(model.name));
    }

    cards.get(model.name).show(model);
  }

  const wanted = models.map(model => cards.get(model.name).root);
  if (wanted.length === 0) {
    list.replaceChildren(element('p', { class: 'card soft' }, 'There is no model yet.'));
  } else if (wanted.length !== list.children.length || wanted.some((root, index) => list.children[index] !== root)) {
    list.replaceChildren(...wanted);
  }
}

class Card {
  constructor(name) {
    this.figures = element('dl', { class: 'figures' });
    this.throughput = new Chart('Answers a second', ['answers'], '');
    this.latency = new Chart('Latency, ms', ['half within', '99 % within'], ' ms');
    this.rows = element('tbody');
    this.drift = element('div');
    this.state = element('span', { class: 'soft' });
    this.root = element('article', { class: 'card', 'aria-label': `Model ${name}` },
      element('div', { class: 'head' }, element('h3', {}, name), this.state),
      this.figures,
      element('div', { class: 'charts' }, this.throughput.figure, this.latency.figure),
      element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Versions of ${name}` }, element('table', {},
        element('thead', {}, element('tr', {},
          element('th', { scope: 'col' }, 'Version'), element('th', { scope: 'col' }, 'State'), element('th', { scope: 'col' }, 'Label'),
          element('th', { scope: 'col', class: 'number' }, 'Replicas'), element('th', { scope: 'col', class: 'number' }, 'Queue'),
          element('th', { scope: 'col', class: 'number' }, 'Memory'))),
        this.rows)),
      this.drift);
  }

  show(model) {
    const recent = model.recent;
    const failed = sum(recent.failed);
    this.state.textContent = failed > 0 ? `${number(failed)} failed in two minutes` : '';
    this.state.classList.toggle('high', failed > 0);
    this.figures.replaceChildren(
      ...figure(number(sum(recent.answered.slice(-seconds)) / seconds), 'answers a second'),
      ...figure(milliseconds(middle(recent.p50)), 'half within'),
      ...figure(milliseconds(largest(recent.p99)), '99 % within'),
      ...figure(number(total(model, 'replicas')), 'replicas'),
      ...figure(number(total(model, 'pending')), 'in the queue'));
    this.throughput.show([recent.answered]);
    this.latency.show([recent.p50, recent.p99]);
    this.rows.replaceChildren(...model.versions.map(row));
    this.drift.replaceChildren(...(model.drift?.length > 0 ? [driftTable(model)] : []));
  }
}

function figure(value, name) {
  return [element('div', {}, element('dt', {}, name), element('dd', {}, value))];
}

function row(version) {
  return element('tr', {},
    element('th', { scope: 'row' }, version.version),
    element('td', {},
      element('span', { class: `state-${version.state.toLowerCase()}` }, version.state.toLowerCase()),
      version.reason ? element('div', { class: 'soft' }, version.reason) : null),
    element('td', {}, version.labels.map(label => element('span', { class: 'tag' }, label))),
    element('td', { class: 'number' }, number(version.replicas)),
    element('td', { class: 'number' }, version.pending === undefined ? '–' : `${number(version.pending)} of ${number(version.queueLimit)}`),
    element('td', { class: 'number' }, version.memory === undefined ? '–' : bytes(version.memory)));
}

function driftTable(model) {
  return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Drift of ${model.name}` }, element('table', {},
    element('caption', {}, `How the last requests differ from the training data`),
    element('thead', {}, element('tr', {},
      element('th', { scope: 'col' }, 'Feature'), element('th', { scope: 'col' }, 'Version'), element('th', { scope: 'col', class: 'number' }, 'Rows'),
      element('th', { scope: 'col', class: 'number' }, 'PSI'), element('th', { scope: 'col', class: 'number' }, 'KS'))),
    element('tbody', {}, model.drift.map(drift => element('tr', {},
      element('th', { scope: 'row' }, drift.feature, drift.part === 'output' ? element('span', { class: 'tag' }, 'output') : null),
      element('td', {}, drift.version),
      element('td', { class: 'number' }, number(drift.rows)),
      element('td', { class: drift.high ? 'number high' : 'number' }, number(drift.psi)),
      element('td', { class: 'number' }, number(drift.ks)))))));
}

const sum = values => values.reduce((left, right) => left + right, 0);
const known = values => values.slice(-seconds).filter(value => value !== null);
const largest = values => known(values).length > 0 ? Math.max(...known(values)) : null;
const middle = values => known(values).sort((left, right) => left - right).at(known(values).length >> 1) ?? null;
const total = (model, field) => sum(model.versions.map(version => version[field] ?? 0));
