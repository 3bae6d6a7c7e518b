const { describe, it, test } = require('node:test');
const assert = require('node:assert');

describe('cart', () => {
  it('adds', () => {});
  it('subtracts', () => { assert.equal(1, 2); });
  it.skip('later', () => {});
  it.todo('rounds', () => { assert.equal(1, 2); });
  it.todo('weighs', () => {});
  it('takes # TODO as a name', () => {});
  describe('inner', () => { it('nests', () => {}); });
});
test('alone', () => {});
