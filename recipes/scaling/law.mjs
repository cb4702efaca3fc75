// How far a loss falls with a model's size and what it has read: the form of Hoffmann et al. 2022, "Training
// Compute-Optimal Large Language Models", arXiv:2203.15556, equation 2, fitted by least squares.

/**
 * What a law says of a loss, in nats a token.
 *
 *     L(N, D) = E + A / N^alpha + B / D^beta
 *
 * N are the weights without embeddings, D the tokens read.
 */
export const loss = ({ E, A, alpha, B, beta }, { N, D }) => E + A * N ** -alpha + B * D ** -beta;

/** Floating-point operations of a training: six for each weight and token (Kaplan et al. 2020, section 2.1). */
export const compute = ({ N, D }) => 6 * N * D;

/** The best size and number of tokens for so much compute, where a law's slopes in N and in D meet (equation 4). */
export function best({ A, alpha, B, beta }, C) {
  const G = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  return { N: G * (C / 6) ** (beta / (alpha + beta)), D: (C / 6) ** (alpha / (alpha + beta)) / G };
}

/** The root of the mean squared error of a law, in nats. */
export const error = (law, points) =>
  Math.sqrt(points.reduce((sum, p) => sum + (p.L - loss(law, p)) ** 2, 0) / points.length);

/** Solves a small symmetric system by elimination, rows that end in their right side. */
function solve(rows) {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows.slice(i).reduce((p, row, k) => (Math.abs(row[i]) > Math.abs(rows[p][i]) ? i + k : p), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const f = rows[k][i] / rows[i][i];
      for (let j = i; j <= n; j++) rows[k][j] -= f * rows[i][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

/** For given exponents the loss is linear in E, A and B: their least squares, and what is left. */
function linear(points, alpha, beta) {
  const sums = [0, 1, 2].map(() => [0, 0, 0, 0]);
  for (const { N, D, L } of points) {
    // Sizes and tokens are counted by a typical one, or the columns would be too unequal to be told apart.
    const x = [1, (N / 1e4) ** -alpha, (D / 1e5) ** -beta, L];
    for (let i = 0; i < 3; i++) for (let j = 0; j < 4; j++) sums[i][j] += x[i] * x[j];
  }
  const [E, a, b] = solve(sums);
  const law = { E, A: a * 1e4 ** alpha, alpha, B: b * 1e5 ** beta, beta };
  return { law, left: error(law, points) };
}

/** The law of least squares: exponents by a grid that grows finer, the rest exactly. */
export function fit(points) {
  let [found, step] = [linear(points, 0.5, 0.5), 0.1];
  for (const alpha of [0.1, 0.3, 0.5, 0.7, 0.9])
    for (const beta of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const other = linear(points, alpha, beta);
      if (other.left < found.left) found = other;
    }
  while (step > 1e-9) {
    const { alpha, beta } = found.law;
    let better = found;
    for (const i of [-1, 0, 1])
      for (const j of [-1, 0, 1]) {
        if (alpha + i * step < 0.01 || beta + j * step < 0.01) continue;
        const other = linear(points, alpha + i * step, beta + j * step);
        if (other.left < better.left) better = other;
      }
    if (better === found) step /= 2;
    found = better;
  }
  return found.law;
}
