// How numbers are shown.

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, maximumFractionDigits: 3 });

export const number = value => value === null || value === undefined ? '–' : Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : digits.format(value);

export const percent = share => share >= 0.9995 || share < 0.0005 ? `${(share * 100).toFixed(0)} %` : `${(share * 100).toFixed(1)} %`;

export function milliseconds(value) {
  return value === null || value === undefined ? '–' : value >= 1000 ? `${number(value / 1000)} s` : `${number(value)} ms`;
}

export function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) {
    size /= 1000;
  }

  return `${number(size)} ${units[unit]}`;
}
