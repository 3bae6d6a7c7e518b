const assert = require('assert');

describe('cart', () => {
  it('adds', () => {});
  it('subtracts', () => { assert.equal(1, 2); });
  it.skip('later', () => {});
  it('is an idea');
  describe('inner', () => { it('nests', () => {}); });
  let runs = 0;
  it('settles', function () { this.retries(2); runs += 1; assert.equal(runs, 2); });
});
describe('hooked', () => {
  before(() => { throw new Error('no stock'); });
  it('never runs', () => {});
});
it('alone', () => {});
