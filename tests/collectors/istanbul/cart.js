'use strict';

class Cart {
  constructor(currency) {
    this.currency = currency || 'EUR';
    this.items = [];
  }

  add(name, price, count) {
    if (price < 0) {
      throw new RangeError('a price below zero');
    }
    this.items.push({ name, price, count });
    return this;
  }

  total(discount) {
    const sum = this.items.reduce((total, item) => total + item.price * item.count, 0);
    return discount ? sum * (1 - discount) : sum;
  }

  describe() {
    switch (this.items.length) {
      case 0:
        return 'empty';
      case 1:
        return 'one item';
      default:
        return 'many items';
    }
  }
}

module.exports = { Cart };
