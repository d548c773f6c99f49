// For each kind of model a form, made from what the model takes. A form has fields, and says what is to be sent: { path, headers, body }.

import { Drawing } from './drawing.js';
import { element } from './elements.js';
import { number } from './numbers.js';

const largestDrawn = 64;

export function formOf(model) {
  switch (model.takes) {
    case 'image': return new PictureForm(model);
    case 'text': return new TextForm(model);
    case 'row': return new RowForm(model);
    default: return new NumbersForm(model);
  }
}

const predict = model => `predict/${encodeURIComponent(model.name)}`;
const json = { 'Content-Type': 'application/json' };

class PictureForm {
  constructor(model) {
    this.model = model;
    const { height, width, channels } = model.image;
    this.file = null;
    this.input = element('input', { id: 'picture', type: 'file', accept: 'image/png,image/jpeg,image/bmp,image/gif,image/webp' });
    this.preview = element('img', { class: 'preview', alt: 'The picture that you chose', hidden: true });
    this.drop = element('div', { class: 'drop' }, 'Drop a picture here');
    this.input.addEventListener('change', () => this.choose(this.input.files[0] ?? null));
    this.drawing = channels === 1 && Math.max(height, width) <= largestDrawn ? new Drawing('drawing-hint') : null;
    this.isDark = element('input', { id: 'dark', type: 'checkbox' });
    this.fields = [
      ...(this.drawing ? this.drawingFields() : []),
      element('div', { class: 'field' },
        element('label', { for: 'picture' }, this.drawing ? 'Or a picture file' : 'Picture file', ' ',
          element('span', { class: 'hint' }, `read as ${width} × ${height} ${channels === 1 ? 'grey' : 'coloured'} pixels`)),
        this.input),
      element('div', { class: 'field' }, this.drop, this.preview),
    ];
    this.listen();
  }

  drawingFields() {
    const clear = element('button', { type: 'button', class: 'quiet' }, 'Clear');
    clear.addEventListener('click', () => this.drawing.clear());
    return [element('div', { class: 'field drawing' },
      element('span', { class: 'label' }, 'Draw ', element('span', { class: 'hint', id: 'drawing-hint' },
        'with mouse or finger; or with the arrow keys, where Space lowers and lifts the pen, Delete clears and Enter asks')),
      this.drawing.canvas,
      element('label', { class: 'check', for: 'dark' }, this.isDark, 'Send dark ink on white'),
      element('div', { class: 'buttons' }, clear))];
  }

  listen() {
    for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
      this.drop.addEventListener(kind, event => {
        event.preventDefault();
        this.drop.classList.toggle('over', kind === 'dragenter' || kind === 'dragover');
        if (kind === 'drop') {
          this.choose(event.dataTransfer.files[0] ?? null);
          this.drop.closest('form').requestSubmit();
        }
      });
    }

    this.drawing?.canvas.addEventListener('pointerdown', () => this.choose(null));
    this.drawing?.canvas.addEventListener('keydown', () => this.choose(null));
  }

  choose(file) {
    this.file = file;
    if (!file) {
      this.input.value = '';
    }

    URL.revokeObjectURL(this.preview.src);
    this.preview.hidden = !file;
    if (file) {
      this.preview.src = URL.createObjectURL(file);
    }
  }

  async request() {
    if (!this.file && (this.drawing?.isEmpty ?? true)) {
      throw new Error(this.drawing ? 'Draw something, or choose a picture.' : 'Choose a picture.');
    }

    const { height, width } = this.model.image;
    const body = this.file ?? await this.drawing.toPicture(height, width, this.isDark.checked);
    return { path: predict(this.model), headers: { 'Content-Type': body.type || 'application/octet-stream' }, body };
  }
}

class TextForm {
  constructor(model) {
    this.model = model;
    this.text = element('textarea', { id: 'text', rows: 5 });
    this.text.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        this.text.form.requestSubmit();
      }
    });
    this.fields = [element('div', { class: 'field' },
      element('label', { for: 'text' }, 'Text ', element('span', { class: 'hint' }, `the first ${model.length} tokens are read`)), this.text)];
  }

  async request() {
    if (this.text.value.trim() === '') {
      throw new Error('Type a text.');
    }

    return { path: predict(this.model), headers: json, body: JSON.stringify({ text: this.text.value }) };
  }
}

class RowForm {
  constructor(model) {
    this.model = model;
    this.controls = model.columns.map((column, index) => column.categories ? choices(column, index) : numeric(column, index));
    this.fields = [element('div', { class: 'columns' }, model.columns.map((column, index) => element('div', { class: 'field' },
      element('label', { for: `column-${index}` }, column.name, ' ',
        element('span', { class: 'hint' }, column.categories ? '' : `${number(column.mean)} ± ${number(column.deviation)}`)),
      this.controls[index])))];
  }

  async request() {
    const row = {};
    this.model.columns.forEach((column, index) => { row[column.name] = this.valueOf(column, this.controls[index]); });
    return { path: predict(this.model), headers: json, body: JSON.stringify(row) };
  }

  valueOf(column, control) {
    const text = control.value.trim();
    if (column.categories || text === '') {
      return text === '' ? null : text;
    }

    const value = Number(text.replace(',', '.'));
    control.setAttribute('aria-invalid', !Number.isFinite(value));
    if (!Number.isFinite(value)) {
      control.focus();
      throw new Error(`${column.name} expects a number but got '${text}'.`);
    }

    return value;
  }
}

function numeric(column, index) {
  return element('input', { id: `column-${index}`, inputmode: 'decimal', value: Number(column.mean.toPrecision(3)), autocomplete: 'off' });
}

function choices(column, index) {
  return element('select', { id: `column-${index}` },
    column.categories.map(category => element('option', { value: category }, category)), element('option', { value: '' }, 'not known'));
}

class NumbersForm {
  constructor(model) {
    this.model = model;
    this.texts = model.inputs.map((input, index) => element('textarea', { id: `input-${index}`, rows: 3, spellcheck: 'false' }, example(input)));
    this.fields = model.inputs.map((input, index) => element('div', { class: 'field' },
      element('label', { for: `input-${index}` }, input.name, ' ', element('span', { class: 'hint' }, `${input.datatype} [${shapeOf(input).join(', ')}], with commas between`)),
      this.texts[index]));
  }

  async request() {
    const inputs = this.model.inputs.map((input, index) => ({
      name: input.name, datatype: input.datatype, shape: shapeOf(input), data: this.texts[index].value.split(/[\s,;]+/).filter(text => text !== '').map(text => valueOf(input, text)),
    }));
    return { path: `v2/models/${encodeURIComponent(this.model.name)}/infer`, headers: json, body: JSON.stringify({ inputs }) };
  }
}

const shapeOf = input => input.shape.map(size => size < 0 ? 1 : size);

function example(input) {
  const count = shapeOf(input).reduce((left, right) => left * right, 1);
  return Array(Math.min(count, 4096)).fill('0').join(', ');
}

function valueOf(input, text) {
  if (input.datatype === 'BYTES') {
    return text;
  }

  if (input.datatype === 'BOOL') {
    return text === 'true' || text === '1';
  }

  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(`Input ${input.name} expects numbers but got '${text}'.`);
  }

  return value;
}
