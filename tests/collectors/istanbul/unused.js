'use strict';

function unused(flag) {
  const answer = flag ? 1 : 2;
  return answer;
}

module.exports = { unused };
