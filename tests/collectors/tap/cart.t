use Test::More;
ok(1, 'adds');
is(1, 2, 'subtracts');
SKIP: { skip 'not today', 2 if 1; ok(1); ok(1); }
TODO: {
    local $TODO = 'unwritten';
    ok(0, 'rounds');
    ok(1, 'weighs');
    subtest 'all of it' => sub { plan tests => 2; ok(0, 'inside'); ok(1, 'beside') };
}
subtest 'inner' => sub {
    plan tests => 2;
    ok(1, 'a # b');
    subtest 'deeper' => sub { ok(1, 'nests'); done_testing };
};
subtest 'nothing' => sub { plan skip_all => 'not here' };
done_testing;
