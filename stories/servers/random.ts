/** Returns a number from 0 to 1 that depends only on `seed`, so all servers have the same data. */
export function random(seed: number): number {
  let x = Math.imul(seed + 0x9e3779b9, 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
}

/** Returns a random item of a list, which depends only on `seed`. */
export function pick<T>(list: readonly [T, ...T[]], seed: number): T {
  return list[Math.floor(random(seed) * list.length)] ?? list[0]
}
