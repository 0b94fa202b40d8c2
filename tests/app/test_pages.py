"""The page of the demo app."""


def test_says_so_when_there_is_no_table(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "no <code>user</code> table yet" in answer.text


def test_lists_users_with_every_column_of_the_model(filled, client):
    page = client.get("/").text
    for column in ("id", "name", "email"):
        assert f'<th scope="col">{column}</th>' in page
    assert "<td>Ada</td>" in page


def test_escapes_what_users_have_typed(filled, client):
    page = client.get("/").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
