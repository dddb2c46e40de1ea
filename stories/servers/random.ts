/** A number from 0 to 1 that depends on `seed` alone, so that the demo data is the same everywhere. */
export function random(seed: number): number {
  let x = Math.imul(seed + 0x9e3779b9, 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
}

/** The item of a list that `seed` picks. */
export function pick<T>(list: readonly [T, ...T[]], seed: number): T {
  return list[Math.floor(random(seed) * list.length)] ?? list[0]
}
