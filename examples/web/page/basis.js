// A basis of latents: directions in which the latents of some sounds vary most; docs/basis.md.

const NONE = { mean: [], directions: [], spread: [], share: [] };

export class Basis {
  /**
   * @param {object} [about] the basis: the `mean` of the latents, [L]; the first `directions`, orthogonal rows of
   *   length 1, [N, L]; the `spread` of the latents along each, and its `share` of their variance, both [N]
   */
  constructor(about = NONE) {
    Object.assign(this, about);
    this.count = this.directions.length;
  }

  /**
   * Return an offset of latents that is moved along the directions; coordinates of 0 add exactly 0.
   * @param {Float32Array} coordinates [N], in spreads
   * @param {Float32Array} offset [L]
   * @returns {Float32Array} [L]
   */
  moved(coordinates, offset) {
    return offset.map((value, c) =>
      this.directions.reduce((sum, direction, n) => sum + coordinates[n] * this.spread[n] * direction[c], value),
    );
  }

  /** Return the coordinates [N] of latents [L], in spreads from the mean. */
  coordinates(latents) {
    return Float32Array.from(this.directions, (direction, n) => {
      const along = direction.reduce((sum, part, c) => sum + part * (latents[c] - this.mean[c]), 0);
      return along / this.spread[n];
    });
  }
}
