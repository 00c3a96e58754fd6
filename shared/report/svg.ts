import type { Scene } from './chart.ts';
import { type Html, html } from './html.ts';

/** A scene as an SVG element. `id` must be unique in the page; it ties title and description to the picture. */
export function sceneToSvg(scene: Scene, id: string): Html {
  return html`<svg viewBox="0 0 ${scene.width} ${scene.height}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${scene.title}</title><desc id="${id}-d">${scene.description}</desc>${scene.lines.map(
    (line) =>
      html`<line class="c-${line.role}" x1="${line.x1}" y1="${line.y1}" x2="${line.x2}" y2="${line.y2}"/>`,
  )}${scene.paths.map((path) => html`<path class="c-${path.role}" d="${path.d}"/>`)}${scene.circles.map(
    (circle) =>
      html`<circle class="c-${circle.role}" cx="${circle.cx}" cy="${circle.cy}" r="${circle.r}"><title>${circle.title}</title></circle>`,
  )}${scene.texts.map(
    (text) =>
      html`<text class="c-${text.role}" x="${text.x}" y="${text.y}" text-anchor="${text.anchor}">${text.text}</text>`,
  )}</svg>`;
}
