import pytest

from yoyaku.kernel.seal import NotReadable, Seal

OLD, NEW = "an old key of forty characters or so ...", "a new key of forty characters or so ...."


def test_what_was_sealed_is_opened_and_cannot_be_read_before():
    seal = Seal([NEW])
    sealed = seal.seal("髙橋".encode())

    assert "髙橋".encode() not in sealed
    assert seal.open(sealed).decode() == "髙橋"


def test_data_of_an_older_key_are_still_opened_after_a_new_one_is_put_first():
    sealed = Seal([OLD]).seal(b"x")

    assert Seal([NEW, OLD]).open(sealed) == b"x"
    with pytest.raises(NotReadable):
        Seal([NEW]).open(sealed)


def test_altered_data_are_refused():
    sealed = bytearray(Seal([NEW]).seal(b"x"))
    sealed[-1] ^= 1

    with pytest.raises(NotReadable):
        Seal([NEW]).open(bytes(sealed))


def test_a_keyed_hash_tells_texts_purposes_and_keys_apart_and_survives_a_new_key():
    seal = Seal([OLD])

    assert seal.keyed_hash("person", "ab", "c") == seal.keyed_hash("person", "ab", "c")
    assert seal.keyed_hash("person", "ab", "c") != seal.keyed_hash("person", "a", "bc")
    assert seal.keyed_hash("person", "x") != seal.keyed_hash("source", "x")
    assert seal.keyed_hash("person", "x") != Seal([NEW]).keyed_hash("person", "x")
    assert seal.keyed_hash("person", "x") == Seal([NEW, OLD]).keyed_hash("person", "x")
