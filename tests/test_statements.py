"""What stands in a cell, as whole statements."""

from __future__ import annotations

from roundtrip.statements import statements_in


def test_statements_are_whole():
    source = (
        "@decorated\ndef f():\n    '''a\n\n    b'''\n\n    return 1\n\n\nclass A:\n    x = 1\n\n"
        "    y = 2\nz = f'''{1}\n\n{2}'''\ntry:\n    a\nexcept E:\n    b\n# the end\n"
    )
    assert statements_in(source) == [
        "@decorated\ndef f():\n    '''a\n\n    b'''\n    return 1",
        "class A:\n    x = 1\n    y = 2",
        "z = f'''{1}\n\n{2}'''",
        "try:\n    a\nexcept E:\n    b",
    ]
    assert statements_in("a\nif b:\n    c\n\nelse\n    d\ne\n") == [
        "a",
        "if b:\n    c\nelse\n    d",
        "e",
    ]
    assert statements_in("a = '\u2028'\nb") == ["a = '\u2028'", "b"]
