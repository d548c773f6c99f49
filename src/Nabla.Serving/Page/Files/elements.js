// Makes elements. Text is always text, never markup.

export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function drawn(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

export const find = id => document.getElementById(id);

function fill(target, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      target.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      target.setAttribute(name, value);
    }
  }

  target.append(...children.flat().filter(child => child !== null && child !== undefined));
  return target;
}
