import { describe, expect, it, test } from 'vitest';

describe('cart', () => {
  it('adds', () => {});
  it('subtracts', () => { expect(1).toBe(2); });
  it.skip('later', () => {});
  describe('inner', () => { it('nests', () => {}); });
});
test('alone', () => {});
