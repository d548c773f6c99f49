// A curve of the last two minutes: one or two lines over a few grid lines, as wide as its place.

import { drawn, element } from './elements.js';
import { number } from './numbers.js';

const edge = { left: 40, right: 6, top: 8, bottom: 18 };

export class Chart {
  constructor(title, names, unit) {
    this.title = title;
    this.unit = unit;
    this.names = names;
    this.svg = drawn('svg', { class: 'chart', role: 'img', 'aria-label': title });
    const keys = names.length > 1 ? names.map((name, index) => element('span', { class: `key ${classOf(index)}` }, name)) : [];
    this.figure = element('figure', {}, element('figcaption', {}, element('span', {}, title), keys), this.svg);
    this.series = names.map(() => []);
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  show(series) {
    this.series = series;
    const now = series.map((values, index) => `${this.names[index]} ${number(last(values))}${this.unit}`);
    this.svg.setAttribute('aria-label', `${this.title}: now ${now.join(', ')}`);
    this.draw();
  }

  draw() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (width === 0) {
      return;
    }

    const top = niceTop(Math.max(...this.series.flat().filter(value => value !== null), 0));
    const inner = { width: width - edge.left - edge.right, height: height - edge.top - edge.bottom };
    const y = value => edge.top + inner.height * (1 - value / top);
    const x = (index, count) => edge.left + inner.width * index / Math.max(1, count - 1);
    this.svg.replaceChildren(
      ...[0, top / 2, top].flatMap(value => [
        drawn('line', { class: 'grid', x1: edge.left, x2: width - edge.right, y1: y(value), y2: y(value) }),
        drawn('text', { x: edge.left - 6, y: y(value) + 4, 'text-anchor': 'end' }, number(value)),
      ]),
      drawn('text', { x: edge.left, y: height - 3 }, '2 min ago'),
      drawn('text', { x: width - edge.right, y: height - 3, 'text-anchor': 'end' }, 'now'),
      ...this.series.map((values, index) => drawn('g', { class: classOf(index) }, ...lines(values, x, y, index === 0 ? y(0) : null))));
  }
}

const classOf = index => index === 0 ? 'first' : 'second';

// Where there is no value there is a gap; a value between two gaps is a dot.
function lines(values, x, y, floor) {
  const parts = [];
  let part = [];
  values.forEach((value, index) => {
    if (value !== null) {
      part.push([x(index, values.length), y(value)]);
    }

    if ((value === null || index === values.length - 1) && part.length > 0) {
      parts.push(part);
      part = [];
    }
  });
  return parts.flatMap(points => {
    const drawnPoints = points.length > 1 ? points : [points[0], [points[0][0] + 0.1, points[0][1]]];
    const text = drawnPoints.map(point => point.map(value => value.toFixed(1)).join(',')).join(' ');
    const area = floor === null
      ? []
      : [drawn('polygon', { class: 'area', points: `${drawnPoints[0][0].toFixed(1)},${floor} ${text} ${drawnPoints.at(-1)[0].toFixed(1)},${floor}` })];
    return [...area, drawn('polyline', { points: text })];
  });
}

function niceTop(largest) {
  if (largest <= 0) {
    return 1;
  }

  const power = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 4, 5, 10].map(step => step * power).find(step => step >= largest);
}

const last = values => values.findLast(value => value !== null) ?? null;
