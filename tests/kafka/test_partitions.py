"""A subject's facts lie where every other client of Kafka would look for them."""

import pytest

from shared.transport.partitions import Partitioner


@pytest.mark.parametrize(
    ("key", "of_three", "of_ten"),
    [
        # Kafka's own examples of its murmur2, without their sign's bit; the remainders by 3 are those of the digit sums.
        (b"foobar", 0, 6),  # -790332482 -> 1357151166, digit sum 36
        (b"21", 0, 0),  # -973932308 -> 1173551340, digit sum 30
        (b"a-little-bit-long-string", 2, 2),  # -985981536 -> 1161502112, digit sum 20
    ],
)
def test_it_is_the_hash_modulo_the_partitions(key: bytes, of_three: int, of_ten: int) -> None:
    for _ in range(2):
        assert Partitioner()(key, [10, 11, 12], []) == 10 + of_three
        assert Partitioner()(key, [*range(10)], []) == of_ten
