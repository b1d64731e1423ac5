"""The document of the API is whole, and whatever it allows to be sent is answered as it says, never by a bug."""

import json
from pathlib import Path

import httpx
import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.checks import FailureGroup, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.cities import city_values, read_services
from tests.second_factor import code_of
from tests.web_process import web_process

ROOT = Path(__file__).parents[2]
DOCUMENT = "/api/v1/schema/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES_EACH = 8


@pytest.fixture(scope="module")
def services():
    return read_services()


@pytest.fixture(scope="module")
def city(new_cities):
    """A database with the four services."""
    with new_cities() as made:
        yield made


@pytest.fixture(scope="module")
def address(city, tmp_path_factory):
    """A server process at it."""
    with web_process(city_values(city), tmp_path_factory.mktemp("api")) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def document(address, services):
    answered = httpx.get(address + DOCUMENT, headers={"host": services["rooms"].host})
    assert answered.status_code == 200
    return answered.json()


def operations(document):
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_the_document_is_openapi_3_1_and_of_the_api_alone(document):
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert len(operations(document)) >= 25


def test_every_body_and_answer_has_examples_that_fit_their_schema(document):
    lacking = []
    for name, operation in operations(document):
        contents = [(status, answer.get("content", {})) for status, answer in operation["responses"].items()]
        contents.append(("body", operation.get("requestBody", {}).get("content", {})))
        for where, content in contents:
            for media in content.values():
                schema = {**media["schema"], "components": document["components"]}
                examples = media.get("examples", {})
                lacking += [] if examples else [f"{name} {where}"]
                for example in examples.values():
                    jsonschema.Draft202012Validator(schema).validate(example["value"])
    assert lacking == []


def test_every_error_is_a_problem_with_a_stable_code(document):
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], name
                examples = answer["content"]["application/problem+json"]["examples"]
                assert all(one["value"]["status"] == int(status) for one in examples.values())
                assert set(examples) == {one["value"]["code"] for one in examples.values()}


@pytest.fixture(scope="module")
def tokens(address, services):
    """A resident's and a clerk's."""
    found = {}
    for who in ("resident", "clerk"):
        person = getattr(services["rooms"], who)
        body = {"login_id": person.login_id, "password": person.password}
        host = {"host": services["rooms"].host}
        found[who] = httpx.post(f"{address}/api/v1/sessions", json=body, headers=host).json()["token"]
        if person.second_factor:
            headers = {**host, "authorization": f"Bearer {found[who]}"}
            code = {"code": code_of(person)}
            begun = httpx.post(f"{address}/api/v1/sessions/current/code", json=code, headers=headers)
            found[who] = begun.json()["token"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("who", ["nobody", "resident", "clerk"])
def test_whatever_is_sent_is_answered_as_the_document_says(address, services, document, tokens, who):
    """Schemathesis makes up requests, right and wrong ones; the same in each run."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document)))
    headers = {"Host": services["rooms"].host}
    if who in tokens:
        headers["Authorization"] = f"Bearer {tokens[who]}"
    failures = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if asks(who, operation, document):
            failures += tried(operation, address, headers)
    assert not failures, "\n\n".join(failures[:8])


def asks(who, operation, document):
    """Clerks ask at the counter, residents elsewhere; nobody knows what needs no log-in. None ends the session."""
    if operation.path.endswith("/sessions/current"):
        return operation.method == "get"
    if who == "nobody":
        return {} in document["paths"][operation.path][operation.method]["security"]
    return (who == "clerk") == ("/counter/" in operation.path)


def tried(operation, address, headers):
    """What an operation answered otherwise than the document says."""
    faults = []

    @given(data=strategies.data())
    @settings(
        max_examples=EXAMPLES_EACH,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def attempt(data):
        mode = data.draw(strategies.sampled_from(list(GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        try:
            case.call_and_validate(base_url=address, headers=headers, checks=CHECKS)
        except FailureGroup as group:
            faults.extend(f"{operation.label}: {fault}" for fault in group.exceptions)

    attempt()
    return faults
