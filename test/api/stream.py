"""Holds the answers of the event stream to the OpenAPI document. A stream has no end, so of each only
the beginning is read; refusals are read whole. Run by run.ts with the address of a service."""

import sys

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

# A stream begins at once; a machine ten times slower needs some seconds.
TIMEOUT_S = 60


def check(operation, mode, documented, examples):
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        request = requests.Request(**case.as_transport_kwargs()).prepare()
        with requests.Session() as session:
            with session.send(request, stream=True, timeout=TIMEOUT_S) as answer:
                status = str(answer.status_code)
                assert status in documented, f"{request.url}: {status} is not documented"
                media_type = answer.headers["content-type"].split(";")[0]
                assert media_type in documented[status]["content"], f"{request.url}: {media_type}"
                if status == "200":
                    assert next(answer.iter_content(1)), f"{request.url}: an empty stream"
                else:
                    problem = answer.json()
                    assert problem["status"] == answer.status_code, f"{request.url}: {problem}"
        counts[status] = counts.get(status, 0) + 1

    counts = {}
    run()
    return counts


def main(url):
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operation = schema["/api/v1/stream"]["GET"]
    document = schema.raw_schema["paths"]["/api/v1/stream"]["get"]["responses"]
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        print(f"stream, {mode.value}:", check(operation, mode, document, 60))


main(sys.argv[1])
