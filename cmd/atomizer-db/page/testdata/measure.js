(() => {
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
  const charts = [...document.querySelectorAll(".plot")].filter(seen).map(plot => {
    const figure = plot.closest("figure").getBoundingClientRect();
    const texts = [...plot.querySelectorAll("text")].filter(seen).map(text => text.getBoundingClientRect());
    const dots = [...plot.querySelectorAll("path.dot")].flatMap(path => [...path.getAttribute("d").matchAll(/M(-?\d+) (-?\d+)/g)]);
    const inside = dots.filter(([, x, y]) => x >= 0 && x <= 2000 && y >= 0 && y <= 1000);
    return {
      label: plot.getAttribute("aria-label"),
      dots: inside.length,
      outside: dots.length - inside.length,
      texts: texts.length,
      cut: texts.filter(a => a.left < figure.left || a.right > figure.right || a.top < figure.top || a.bottom > figure.bottom).length,
      overlaps: texts.filter((a, i) => texts.some((b, j) => i < j && !apart(a, b))).length,
    };
  });
  const contrasts = [
    ...[...document.querySelectorAll("h1, h2, h3, p, a, th, td, dt, dd, figcaption, summary, code, pre, span, strong, time, label, caption")]
      .filter(seen).map(e => [contrast(e, "color"), e.textContent]),
    ...[...document.querySelectorAll("svg text")].filter(seen).map(e => [contrast(e, "fill"), e.textContent]),
  ].sort((a, b) => a[0] - b[0]);
  return {
    charts,
    dark: luminance(colour(getComputedStyle(document.body).backgroundColor)) < 0.2,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    leastContrast: contrasts[0][0],
    faint: contrasts[0][1].slice(0, 60),
  };
})()
