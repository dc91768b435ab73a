// A basis of latents: directions in which the latents of some sounds vary most; docs/basis.md.

const NONE = { mean: [], directions: [], spread: [], share: [] };

export class Basis {
  /**
   * @param {object} [about] of the file of a basis: `mean` [L] of the latents; the first `directions`, [N, L], of length
   *   1 and at right angles; the `spread` of the latents along each and its `share` of their variance, both [N]
   */
  constructor(about = NONE) {
    Object.assign(this, about);
    this.count = this.directions.length;
  }

  /**
   * What is added to latents when they are moved along the directions: exactly 0 for coordinates that are 0.
   * @param {Float32Array} coordinates [N], in spreads
   * @param {Float32Array} offset [L], which is added to
   * @returns {Float32Array} [L]
   */
  moved(coordinates, offset) {
    return offset.map((value, c) =>
      this.directions.reduce((sum, direction, n) => sum + coordinates[n] * this.spread[n] * direction[c], value),
    );
  }

  /** The coordinates [N] of latents [L], in spreads from the mean. */
  coordinates(latents) {
    return Float32Array.from(this.directions, (direction, n) => {
      const along = direction.reduce((sum, part, c) => sum + part * (latents[c] - this.mean[c]), 0);
      return along / this.spread[n];
    });
  }
}
