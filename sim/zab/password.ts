/** A session's password: sixteen bytes that any server can compute from the id alone, as 32 hexadecimal digits.
 *  Source: ZooKeeperServer.java#generatePasswd: java.util.Random, seeded with the id and a constant. Ids here have 53 bits,
 *  of which the generator takes 48. */
export function passwordOf(session: number): string {
  let high = (Math.floor(session / HALF) % HALF) ^ 0xb3;
  let low = (session % HALF) ^ 0x415c00;
  // The seed is scrambled once, then each step gives 32 bits.
  high ^= 0x5de;
  low ^= 0xece66d;
  let out = '';
  for (let word = 0; word < 4; word++) {
    [high, low] = next(high, low);
    const bits = high * 0x100 + Math.floor(low / 0x1_0000);
    for (const place of [0x1, 0x100, 0x1_0000, 0x100_0000])
      out += (Math.floor(bits / place) % 256).toString(16).padStart(2, '0');
  }
  return out;
}

/** 48 bits as two halves of 24, whose products are exact. */
const HALF = 0x100_0000;

/** seed * 0x5DEECE66D + 0xB, modulo 2^48. */
function next(high: number, low: number): readonly [high: number, low: number] {
  const product = low * 0xece66d + 0xb;
  const carry = Math.floor(product / HALF);
  return [(high * 0xece66d + low * 0x5de + carry) % HALF, product % HALF];
}
