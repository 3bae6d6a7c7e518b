jest.retryTimes(2);
let runs = 0;
describe('cart', () => {
  it('adds', () => {});
  it('subtracts', () => { expect(1).toBe(2); });
  it.skip('later', () => {});
  it.failing('is known to fail', () => { expect(1).toBe(2); });
  describe('inner', () => { it('nests', () => {}); });
  it('settles', () => { runs += 1; expect(runs).toBe(2); });
});
it('alone', () => {});
