'use strict';

const assert = require('node:assert');
const test = require('node:test');
const { Cart } = require('./src/cart');

test('a cart adds up', () => {
  const cart = new Cart().add('tea', 3, 1).add('cup', 5, 2);
  assert.strictEqual(cart.total(), 13);
  assert.strictEqual(cart.describe(), 'many items');
});
