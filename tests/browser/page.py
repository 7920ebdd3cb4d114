"""What is measured of a page: sizes, colours, and what its policy stops."""

# Of each element with text of its own: the text, its colour, and the background it stands on.
TEXT_COLOURS = """
const background = element => {
  for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    if (colour !== 'rgba(0, 0, 0, 0)') return colour;
  }
  return 'none';
};
return [...document.body.querySelectorAll('*')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim()))
  .map(e => [e.innerText, getComputedStyle(e).color, background(e), getComputedStyle(e).opacity]);
"""

# Of the element with the focus: its outline, and the background around it.
OUTLINE = """
const style = getComputedStyle(document.activeElement);
return {style: style.outlineStyle, width: parseFloat(style.outlineWidth),
        colour: style.outlineColor, around: getComputedStyle(document.querySelector('main'))
        .backgroundColor};
"""

WIDTHS = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth];"

# Everything that a page would do to run or load something; arguments[0] is another site.
INJECT = """
const site = arguments[0];
window.violated = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violated.push(event.effectiveDirective));
const add = (name, properties) => {
  const element = Object.assign(document.createElement(name), properties);
  document.body.append(element);
};
add('script', {textContent: 'window.hijacked = true;'});
add('script', {src: site + '/script'});
add('img', {src: site + '/image'});
add('link', {rel: 'stylesheet', href: site + '/style'});
add('style', {textContent: 'h1 { letter-spacing: 7px; }'});
add('iframe', {src: site + '/frame'});
add('base', {href: site});
fetch(site + '/fetch').catch(() => 0);
"""

# Sends a form to another site, as an injected form would.
INJECT_FORM = """
window.violated = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violated.push(event.effectiveDirective));
const form = document.createElement('form');
form.method = 'post';
form.action = arguments[0] + '/form';
document.body.append(form);
form.submit();
"""


def numbers(colour):
    """Of `rgb(1, 2, 3)`; no colour here may be seen through."""
    assert colour.startswith("rgb("), colour
    return [int(part) for part in colour[4:-1].split(",")]


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [part / 255 for part in numbers(colour)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2, contrast ratio: 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)
