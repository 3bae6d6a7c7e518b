use Test::More tests => 2;
ok(1, 'counts');
ok(1, 'orders');
