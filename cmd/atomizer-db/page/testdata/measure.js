// What a reader would see of the page, for the test.
const seen = element => element.getClientRects().length > 0;
const colour = text => text.match(/[\d.]+/g).slice(0, 3).map(Number);
const luminance = rgb => rgb.map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = element => {
  for (; element; element = element.parentElement) {
    const background = getComputedStyle(element).backgroundColor;
    if (!background.startsWith("rgba(0, 0, 0, 0")) return luminance(colour(background));
  }
  return 1;
};
const contrast = (element, property) => {
  const [a, b] = [luminance(colour(getComputedStyle(element)[property])), ground(element)].sort((a, b) => b - a);
  return (a + 0.05) / (b + 0.05);
};
const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;

// Where nothing is drawn is no stroke, not even at the beginning.
const drawn = path => path.isPointInStroke(path.getPointAtLength(0));

const strokes = path => path.getAttribute("d").match(/M/g);

const strips = [...document.querySelectorAll("svg.strip")].filter(seen);
const charts = [...document.querySelectorAll("svg.chart")].filter(seen).map(svg => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].map(text => text.getBoundingClientRect());
  return {
    label: svg.getAttribute("aria-label"),
    marks: [...svg.querySelectorAll("path")].filter(path => {
      const box = path.getBoundingClientRect();
      return drawn(path) && box.left >= frame.left - 1 && box.right <= frame.right + 1 && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    }).flatMap(strokes).length,
    all: [...svg.querySelectorAll("path")].flatMap(strokes).length,
    texts: texts.length,
    cut: texts.filter(a => a.left < frame.left || a.right > frame.right || a.top < frame.top || a.bottom > frame.bottom).length,
    overlaps: texts.filter((a, i) => texts.some((b, j) => i < j && !apart(a, b))).length,
  };
});
const measured = {
  charts,
  strips: strips.length,
  emptyStrips: strips.filter(svg => ![...svg.querySelectorAll("path")].some(drawn)).length,
  dark: luminance(colour(getComputedStyle(document.body).backgroundColor)) < 0.2,
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  leastContrast: Math.min(
    ...[...document.querySelectorAll("h1, h2, h3, p, th, td, dt, dd, figcaption, li")].filter(seen).map(e => contrast(e, "color")),
    ...[...document.querySelectorAll("svg text")].filter(seen).map(e => contrast(e, "fill"))),
};
const pre = document.createElement("pre");
pre.id = "measured";
pre.textContent = JSON.stringify(measured);
document.body.append(pre);
console.error("measured");
