/** A line of few points, each the mean over as many steps, of a run of any length. */
const mostPoints = 128;

export class Sparkline {
  #means: number[] = [];
  /** Steps of one point. */
  #width = 1;
  #sum = 0;
  #count = 0;

  append(value: number): void {
    this.#sum += value;
    this.#count += 1;
    if (this.#count < this.#width) return;
    this.#means.push(this.#sum / this.#width);
    this.#sum = 0;
    this.#count = 0;
    if (this.#means.length < mostPoints) return;
    this.#means = this.#means.flatMap((mean, i) =>
      i % 2 === 0 ? [(mean + (this.#means[i + 1] ?? mean)) / 2] : [],
    );
    this.#width *= 2;
  }

  points(): number[] {
    return this.#count === 0 ? [...this.#means] : [...this.#means, this.#sum / this.#count];
  }
}
