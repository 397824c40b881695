/**
 * What is wrong with the page as it stands in the window. It runs in the browser, where it is sent as text, so it uses
 * nothing of this file.
 *
 * @returns {string[]}
 */
export function lookAtPage() {
  const found = new Set();
  const say = (problem, element) =>
    found.add(`${problem}: ${(element.textContent ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 40)}`);
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) found.add(`${width} pixels wide in a window of ${innerWidth}`);
  if (document.body.innerText.length < 500) found.add('hardly any text');
  for (const image of document.images)
    if (!image.hasAttribute('alt')) found.add(`a picture without a text in its place: ${image.src}`);
  if (document.querySelectorAll('h1').length !== 1) found.add('not one heading of the page');
  for (const element of document.querySelectorAll('main table, main pre')) {
    const rows = [...(element.rows ?? [])];
    if (new Set(rows.map(({ cells }) => cells.length)).size > 1) say('rows of unequal length', element);
    // On a telephone a table may be moved sideways; where there is room it has to be seen whole.
    if (element.tagName === 'TABLE' && innerWidth > 1000 && element.scrollWidth > element.clientWidth + 1)
      say(`${element.scrollWidth} pixels of table in ${element.clientWidth}`, element);
    if (rows.some((row) => row.getBoundingClientRect().height > innerHeight))
      say('a row higher than the window', element);
  }

  const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const over = ([red, green, blue, alpha = 1], below) =>
    [red, green, blue].map((part, index) => part * alpha + below[index] * (1 - alpha));
  const behind = (element) => {
    const colors = [];
    for (let at = element; at !== null; at = at.parentElement)
      colors.unshift(numbers(getComputedStyle(at).backgroundColor));
    return colors.reduce((below, color) => over(color, below), [255, 255, 255]);
  };
  const luminance = (color) => {
    const [red, green, blue] = color.map((part) =>
      part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const texts = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '' || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    // Links to headings and such show themselves only under the pointer.
    if (style.visibility === 'hidden' || style.opacity === '0' || element.closest('.visually-hidden')) continue;
    const below = behind(element);
    const [light, dark] = [luminance(over(numbers(style.color), below)), luminance(below)].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    // As WCAG 2.2 AA wants it, 1.4.3.
    const isLarge = parseFloat(style.fontSize) >= 24;
    if (contrast < (isLarge ? 3 : 4.5)) say(`a contrast of ${contrast.toFixed(2)}, ${style.color}`, element);
  }
  return [...found];
}
