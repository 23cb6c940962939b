"""Refusals of hosted APIs and gateways as they are in 2026, beside those of `provider_refusals`.

They wrap other servers' words, count tokens by the minute, check what their model wrote, or name parts of a request by the
names of an API behind them.
"""

import json

from support.faulty_endpoint import right
from support.model_server import Asked, Reply, as_json
from support.provider_refusals import (
    WINDOW,
    Body,
    Provider,
    always,
    anthropic_error,
    flat_error,
    format_is,
    has,
    has_system,
    openai_error,
    output,
    tokens,
    too_long_for,
)

SCHEMA_OR_JSON = format_is("json_schema", "json_object")


def wrapped(status: int, words: str | dict[str, object], outer: str = "Provider returned error") -> Reply:
    """OpenRouter's error, which has the provider's own words beside its message."""
    raw = words if isinstance(words, str) else json.dumps(words)
    return as_json(
        {"error": {"message": outer, "code": status, "metadata": {"raw": raw, "provider_name": "Someone"}}}, status
    )


def google_error(message: str, status: int = 400) -> Reply:
    return as_json([{"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}], status)


def asks(body: Body, *numbers: int) -> bool:
    """Whether a request is about one of some questions."""
    return any(f"Question {number}\n" in body["messages"][-1]["content"] for number in numbers)


def in_choice(asked: Asked) -> Reply:
    """An error inside of a choice: the provider was lost on the way, and the status had been sent."""
    error = {"code": 402, "message": "Insufficient credits"}
    choice = {"index": 0, "message": {"content": ""}, "finish_reason": "error", "error": error}
    return as_json({"choices": [choice]})


def minute_limit(body: Body, limit: int) -> str:
    return (
        f"Request too large for model `m` on tokens per minute (TPM): Limit {limit}, Requested "
        f"{tokens(body) + output(body)}. The input or output tokens must be reduced."
    )


HOSTED: dict[str, Provider] = {
    # -- formats
    "openrouter: the provider's words about the schema": Provider(
        (
            (
                format_is("json_schema"),
                lambda body: wrapped(400, {"error": {"message": "Invalid schema for response_format 'answer'"}}),
            ),
        )
    ),
    "gemini: fields of a schema that it does not know": Provider(
        (
            (
                format_is("json_schema"),
                lambda body: google_error(
                    'Invalid JSON payload received. Unknown name "additional_properties" at '
                    "'generation_config.response_schema': Cannot find field."
                ),
            ),
        )
    ),
    "groq: one of the allowed values": Provider(
        (
            (
                format_is("json_schema"),
                lambda body: openai_error(
                    400, "'response_format.type' : value is not one of the allowed values ['text','json_object']"
                ),
            ),
        )
    ),
    "groq: JSON that the model did not manage": Provider(
        (
            (
                lambda body: SCHEMA_OR_JSON(body) and asks(body, 1, 5),
                lambda body: as_json(
                    {
                        "error": {
                            "message": "Failed to generate JSON. See 'failed_generation' for more details.",
                            "type": "invalid_request_error",
                            "code": "json_validate_failed",
                            "failed_generation": '{"winner": ',
                        }
                    },
                    400,
                ),
            ),
        )
    ),
    "groq: JSON that the model never manages": Provider(
        (
            (
                SCHEMA_OR_JSON,
                lambda body: openai_error(400, "Failed to validate JSON. Adjust your prompt.", "json_validate_failed"),
            ),
        )
    ),
    "vLLM: features that xgrammar does not have": Provider(
        (
            (
                format_is("json_schema"),
                lambda body: flat_error(400, "The JSON schema contains features not supported by xgrammar."),
            ),
        )
    ),
    "azure: an argument it does not recognise": Provider(
        (
            (
                SCHEMA_OR_JSON,
                lambda body: openai_error(400, "Unrecognized request argument supplied: response_format"),
            ),
        )
    ),
    # -- lengths
    "groq: a request larger than a minute allows": Provider(
        (
            (
                too_long_for(2500),
                lambda body: openai_error(413, minute_limit(body, 2500), "rate_limit_exceeded", kind="tokens"),
            ),
        )
    ),
    "openai: a request larger than a minute allows": Provider(
        (
            (
                too_long_for(2500),
                lambda body: openai_error(429, minute_limit(body, 2500), "rate_limit_exceeded", kind="tokens"),
            ),
        )
    ),
    "vLLM: context, with all sizes": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: flat_error(
                    400,
                    f"This model's maximum context length is {WINDOW} tokens. However, you requested {output(body)} "
                    f"output tokens and your prompt contains {tokens(body)} input tokens, for a total of "
                    f"{tokens(body) + output(body)} tokens.",
                ),
            ),
        )
    ),
    "openrouter: the provider's words about the context": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: wrapped(
                    400, f"This endpoint's maximum context length is {WINDOW} tokens, and the request has too many."
                ),
            ),
        )
    ),
    "LM Studio: context": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: as_json(
                    {"error": f"The first {tokens(body)} tokens overflow a context length of only {WINDOW} tokens"}, 400
                ),
            ),
        )
    ),
    "ollama: over the context by some tokens": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: as_json(
                    {
                        "error": "prompt too long; exceeded max context length by "
                        f"{tokens(body) + output(body) - WINDOW} tokens"
                    },
                    400,
                ),
            ),
        )
    ),
    "mistral: the texts alone are too long": Provider(
        (
            (
                always,
                lambda body: flat_error(
                    400,
                    f"Prompt contains {tokens(body)} tokens and 0 draft tokens, too large for model with 32 maximum "
                    "context length",
                ),
            ),
        ),
        outcome="failed",
    ),
    "llama.cpp: the context is full, as an internal error": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: as_json(
                    {"error": {"code": 500, "message": "Context size has been exceeded.", "type": "server_error"}}, 500
                ),
            ),
        )
    ),
    # -- settings
    "ollama: a model that does not think": Provider(
        ((has("reasoning_effort"), lambda body: openai_error(400, '"m" does not support thinking')),),
        options=("effort=low",),
    ),
    "xai: no reasoningEffort": Provider(
        (
            (
                has("reasoning_effort"),
                lambda body: as_json(
                    {"code": "Client error", "error": "Argument not supported on this model: reasoningEffort"}, 400
                ),
            ),
        ),
        options=("effort=low",),
    ),
    "anthropic: no effort parameter": Provider(
        (
            (
                lambda body: "effort" in body.get("output_config", {}),
                lambda body: anthropic_error("This model does not support the effort parameter."),
            ),
        ),
        kind="anthropic",
        options=("effort=low",),
    ),
    "mistral: fields that are not permitted": Provider(
        (
            (
                has("seed"),
                lambda body: as_json(
                    {
                        "object": "error",
                        "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "input": 3}]},
                        "type": "invalid_request_error",
                        "param": None,
                        "code": None,
                    },
                    422,
                ),
            ),
        ),
        options=("seed=3",),
    ),
    "litellm: a system message that the model behind does not take": Provider(
        (
            (
                has_system,
                lambda body: openai_error(
                    400, "litellm.BadRequestError: OpenAIException - System role not supported. Received Model Group=m"
                ),
            ),
        )
    ),
    # -- permanent
    "azure: no such deployment": Provider(
        (
            (
                always,
                lambda body: openai_error(
                    404, "The API deployment for this resource does not exist.", "DeploymentNotFound"
                ),
            ),
        ),
        outcome="stopped",
    ),
    "together: a model that is not served": Provider(
        (
            (
                always,
                lambda body: openai_error(400, "Unable to access non-serverless model m.", "model_not_available"),
            ),
        ),
        outcome="stopped",
    ),
    "openrouter: the provider refuses its key": Provider(
        ((always, lambda body: wrapped(401, {"error": {"message": "Invalid API Key"}})),), outcome="stopped"
    ),
    "openrouter: an error in a choice": Provider((), answer=in_choice, outcome="stopped"),
    "an error with status 200 and a code in words": Provider(
        (
            (
                always,
                lambda body: as_json({"error": {"message": "Add funds.", "type": "insufficient_quota", "code": None}}),
            ),
        ),
        outcome="stopped",
    ),
    "anthropic: an error with status 200": Provider(
        (
            (
                always,
                lambda body: as_json(
                    {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
                ),
            ),
        ),
        kind="anthropic",
        outcome="stopped",
    ),
}
"""By what they dislike, as `PROVIDERS`."""

DRY_ACCOUNTS: dict[str, Reply] = {
    "litellm: the budget": openai_error(
        400, "Budget has been exceeded! Current cost: 14.2, Max budget: 14.0", "400", kind="budget_exceeded"
    ),
    "litellm: the budget of a key": openai_error(429, "ExceededBudget: Key=k over budget. Spend=2.0, Budget=1.0"),
    "anthropic: a limit that the user has set": anthropic_error(
        "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."
    ),
    "anthropic: an organization that is disabled": anthropic_error("This organization has been disabled."),
    "fireworks: a suspended account": openai_error(
        412, "Account a is suspended, possibly due to reaching the monthly spending limit"
    ),
    "openrouter: the limit of a key": openai_error(403, "Key limit exceeded (total limit)"),
    "openrouter: more credits": wrapped(402, "", "This request requires more credits, or fewer max_tokens."),
    "openai: no quota": openai_error(429, "You exceeded your current quota.", "insufficient_quota"),
}
"""Replies of accounts that have nothing left, which they may begin with in the middle of a run."""


def not_for(blocked: int) -> Provider:
    """Gemini's silence about one question: a choice with a reason and no message."""

    def answer(asked: Asked) -> Reply:
        if asks(asked.body, blocked):
            return as_json({"choices": [{"index": 0, "finish_reason": "PROHIBITED_CONTENT"}]})
        return right(asked)

    return Provider((), answer=answer)
