package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

class CartTest {
    static int tries = 0;

    @Test void adds() {}

    @Test void passesTheSecondTime() { assertTrue(++tries > 1, "not yet"); }

    @Test void fails() { assertEquals(1, 2); }

    @Test void crashes() { throw new IllegalStateException("boom"); }

    @Disabled("later") @Test void waits() {}
}
