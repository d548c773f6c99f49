// A field to draw in with a pointer or with the keyboard. What it gives is drawn anew in the size that the model reads: as large as the digits of MNIST
// are within their picture, with the centre of the ink in the middle.

import { element } from './elements.js';

const side = 280;
const pen = 20;
const step = 10;
const shareOfInk = 20 / 28;
const penOfInk = 2.4 / 28;

export class Drawing {
  constructor(describedBy) {
    this.canvas = element('canvas', {
      width: side, height: side, tabindex: 0, role: 'application', 'aria-label': 'Drawing', 'aria-describedby': describedBy,
    });
    this.strokes = [];
    this.cursor = null;
    this.isDown = false;
    this.canvas.addEventListener('pointerdown', event => this.begin(event));
    this.canvas.addEventListener('pointermove', event => this.move(event));
    this.canvas.addEventListener('pointerup', () => { this.pointer = null; });
    this.canvas.addEventListener('pointercancel', () => { this.pointer = null; });
    this.canvas.addEventListener('keydown', event => this.press(event));
    this.canvas.addEventListener('blur', () => { this.cursor = null; this.isDown = false; this.paint(); });
    this.paint();
  }

  get isEmpty() {
    return this.strokes.length === 0;
  }

  clear() {
    this.strokes = [];
    this.isDown = false;
    this.paint();
  }

  // The picture as the model reads it, white on black or black on white.
  async toPicture(height, width, isDark) {
    const target = document.createElement('canvas');
    target.width = width;
    target.height = height;
    const context = target.getContext('2d', { willReadFrequently: true });
    const size = Math.min(height, width);
    const box = boxOf(this.strokes);
    const scale = Math.min(size * shareOfInk / Math.max(box.right - box.left, box.bottom - box.top, 1), 4 * size / side);
    const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const draw = (x, y) => {
      context.fillStyle = '#000';
      context.fillRect(0, 0, width, height);
      const place = point => [x + (point[0] - middle[0]) * scale, y + (point[1] - middle[1]) * scale];
      paintStrokes(context, this.strokes.map(stroke => stroke.map(place)), penOfInk * size);
    };
    draw(width / 2, height / 2);
    const ink = centreOf(context.getImageData(0, 0, width, height));
    draw(width - ink[0], height - ink[1]);
    if (isDark) {
      context.globalCompositeOperation = 'difference';
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
    }

    return new Promise(resolve => target.toBlob(resolve, 'image/png'));
  }

  begin(event) {
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.cursor = null;
    this.strokes.push([this.pointOf(event)]);
    this.paint();
  }

  move(event) {
    if (this.pointer !== event.pointerId) {
      return;
    }

    for (const each of event.getCoalescedEvents?.().length > 0 ? event.getCoalescedEvents() : [event]) {
      this.strokes.at(-1).push(this.pointOf(each));
    }

    this.paint();
  }

  press(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      this.cursor ??= [side / 2, side / 2];
      this.cursor = this.cursor.map((value, axis) => Math.min(side - pen / 2, Math.max(pen / 2, value + way[axis] * step)));
      if (this.isDown) {
        this.strokes.at(-1).push(this.cursor);
      }
    } else if (event.key === ' ') {
      this.cursor ??= [side / 2, side / 2];
      this.isDown = !this.isDown;
      if (this.isDown) {
        this.strokes.push([this.cursor]);
      }
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.clear();
    } else if (event.key === 'Enter') {
      this.canvas.closest('form').requestSubmit();
    } else {
      return;
    }

    event.preventDefault();
    this.paint();
  }

  pointOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * side / box.width, (event.clientY - box.top) * side / box.height];
  }

  paint() {
    const context = this.canvas.getContext('2d');
    context.fillStyle = '#000';
    context.fillRect(0, 0, side, side);
    paintStrokes(context, this.strokes, pen);
    if (this.cursor) {
      context.beginPath();
      context.arc(this.cursor[0], this.cursor[1], pen / 2, 0, 2 * Math.PI);
      context.lineWidth = 3;
      context.strokeStyle = this.isDown ? '#97a6ff' : '#ffb070';
      context.stroke();
    }
  }
}

function paintStrokes(context, strokes, width) {
  context.strokeStyle = '#fff';
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(...stroke[0]);
    for (const point of stroke.length > 1 ? stroke.slice(1) : [[stroke[0][0] + 0.01, stroke[0][1]]]) {
      context.lineTo(...point);
    }

    context.stroke();
  }
}

function boxOf(strokes) {
  const [x, y] = [0, 1].map(axis => strokes.flat().map(point => point[axis]));
  return { left: Math.min(...x), right: Math.max(...x), top: Math.min(...y), bottom: Math.max(...y) };
}

function centreOf(picture) {
  let [sum, x, y] = [0, 0, 0];
  for (let index = 0; index < picture.data.length; index += 4) {
    const place = index / 4;
    const ink = picture.data[index];
    sum += ink;
    x += ink * (place % picture.width + 0.5);
    y += ink * (Math.floor(place / picture.width) + 0.5);
  }

  return [x / sum, y / sum];
}
