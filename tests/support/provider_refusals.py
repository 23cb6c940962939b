"""Model servers that refuse as the real ones do: what each dislikes in a request, and the words it has for it.

A `Provider` has dislikes, each with the reply that it gets; a request without any is answered by a judge without a bias.
The bodies have the shape of the providers' own; their texts are written anew.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from support.faulty_endpoint import right
from support.model_server import Asked, Reply, answer_to, as_json

Body = Mapping[str, Any]
Dislike = tuple[Callable[[Body], bool], Callable[[Body], Reply]]


@dataclass(frozen=True)
class Provider:
    """A server's dislikes, the first that holds being told; `options` are what the judge is given, beside the defaults."""

    dislikes: tuple[Dislike, ...]
    kind: str = "openai"
    options: tuple[str, ...] = ()
    outcome: str = "judged"
    answer: Callable[[Asked], Reply] | None = None

    def __call__(self, asked: Asked) -> Reply:
        for dislikes, reply in self.dislikes:
            if dislikes(asked.body):
                return reply(asked.body)
        return (self.answer or _fair)(asked)


def _fair(asked: Asked) -> Reply:
    """The answer that says yes wins, also where the system prompt stands before the message."""
    user = asked.user
    start = user.find("The fence of this message is ")
    return right(Asked(asked.number, asked.method, asked.path, asked.headers, _with_user(asked.body, user[start:])))


def _with_user(body: Any, user: str) -> Any:
    return {**body, "messages": [{"role": "user", "content": user}]}


def openai_error(status: int, message: str, code: Any = None, param: str | None = None, kind: str = "") -> Reply:
    inner = {"message": message, "type": kind or "invalid_request_error", "param": param, "code": code}
    return as_json({"error": inner}, status)


def flat_error(status: int, message: str, kind: str = "BadRequestError") -> Reply:
    """As older versions of vLLM and others do."""
    return as_json({"object": "error", "message": message, "type": kind, "param": None, "code": status}, status)


def anthropic_error(message: str, status: int = 400, kind: str = "invalid_request_error") -> Reply:
    return as_json({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_011Cx"}, status)


def format_is(*kinds: str) -> Callable[[Body], bool]:
    return lambda body: (body.get("response_format") or {}).get("type") in kinds


def has(name: str) -> Callable[[Body], bool]:
    return lambda body: name in body


def has_system(body: Body) -> bool:
    return "system" in body or any(message["role"] == "system" for message in body["messages"])


def always(body: Body) -> bool:
    return True


def tokens(body: Body) -> int:
    """Input tokens, at four characters a token."""
    texts = [message["content"] for message in body["messages"]]
    return len(json.dumps(body.get("system", "")) + "".join(texts)) // 4


def output(body: Body) -> int:
    return int(body.get("max_completion_tokens") or body.get("max_tokens") or 0)


def too_long_for(window: int) -> Callable[[Body], bool]:
    return lambda body: tokens(body) + output(body) > window


WINDOW = 4000

PROVIDERS: dict[str, Provider] = {
    # -- formats
    "openai: a model without schemas": Provider(
        (
            (
                format_is("json_schema"),
                lambda body: openai_error(
                    400,
                    "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
                    param="response_format",
                ),
            ),
        )
    ),
    "deepseek: no schemas": Provider(
        ((format_is("json_schema"), lambda body: openai_error(400, "This response_format type is unavailable now")),)
    ),
    "groq: no schemas": Provider(
        (
            (
                format_is("json_schema"),
                lambda body: openai_error(400, "This model does not support response format `json_schema`."),
            ),
        )
    ),
    "LM Studio: no JSON mode, and a schema it cannot hold": Provider(
        (
            (
                format_is("json_object"),
                lambda body: as_json({"error": "'response_format.type' must be 'json_schema' or 'text'"}, 400),
            ),
            (
                format_is("json_schema"),
                lambda body: as_json(
                    {"error": "response_format.json_schema could not be compiled: unsupported keyword"}, 400
                ),
            ),
        )
    ),
    "vLLM: a grammar that does not compile": Provider(
        (
            (
                format_is("json_schema"),
                lambda body: flat_error(400, "Failed to compile grammar: unsupported JSON schema"),
            ),
        )
    ),
    "llama.cpp: schema reported as an internal error": Provider(
        (
            (
                format_is("json_schema", "json_object"),
                lambda body: as_json(
                    {
                        "error": {
                            "code": 500,
                            "message": "response_format could not be parsed into a grammar",
                            "type": "server_error",
                        }
                    },
                    500,
                ),
            ),
        )
    ),
    "litellm: a parameter it does not pass on": Provider(
        (
            (
                format_is("json_schema", "json_object"),
                lambda body: openai_error(
                    400,
                    "litellm.UnsupportedParamsError: someone does not support parameters: ['response_format'], for model=m."
                    " To drop these, set `litellm.drop_params=True`",
                ),
            ),
        )
    ),
    "openrouter: no provider with this parameter": Provider(
        (
            (
                format_is("json_schema", "json_object"),
                lambda body: openai_error(404, "No endpoints found that support response_format.", 404),
            ),
        )
    ),
    "mistral.rs: unknown field, in a list of details": Provider(
        (
            (
                has("response_format"),
                lambda body: as_json(
                    {
                        "detail": [
                            {
                                "type": "extra_forbidden",
                                "loc": ["body", "response_format"],
                                "msg": "Extra inputs are not permitted",
                            }
                        ]
                    },
                    422,
                ),
            ),
        )
    ),
    "json mode wants the word": Provider(
        (
            (format_is("json_schema"), lambda body: openai_error(400, "json_schema is not supported")),
            (
                format_is("json_object"),
                lambda body: openai_error(
                    400, "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'."
                ),
            ),
        )
    ),
    "a schema that is taken and not obeyed": Provider(
        (), answer=lambda asked: answer_to(asked, "Final verdict: [[C]]")
    ),
    # -- output length
    "openai: max_completion_tokens only": Provider(
        (
            (
                has("max_tokens"),
                lambda body: openai_error(
                    400,
                    "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                    "'max_completion_tokens' instead.",
                    "unsupported_parameter",
                    "max_tokens",
                ),
            ),
        )
    ),
    "no word for the output length at all": Provider(
        (
            (has("max_tokens"), lambda body: openai_error(400, "Unsupported parameter: 'max_tokens'")),
            (
                has("max_completion_tokens"),
                lambda body: openai_error(400, "Unsupported parameter: 'max_completion_tokens'"),
            ),
        )
    ),
    "openai: too many output tokens": Provider(
        (
            (
                lambda body: output(body) > 2048,
                lambda body: openai_error(
                    400,
                    f"max_tokens is too large: {output(body)}. This model supports at most 2048 completion tokens, whereas "
                    f"you provided {output(body)}.",
                    param="max_tokens",
                ),
            ),
        )
    ),
    "dashscope: a range of output tokens": Provider(
        ((lambda body: output(body) > 2000, lambda body: openai_error(400, "Range of max_tokens should be [1, 2000]")),)
    ),
    "bedrock: a limit of the model": Provider(
        (
            (
                lambda body: output(body) > 2048,
                lambda body: openai_error(
                    400,
                    "The maximum tokens you requested exceeds the model limit of 2048. Try again with a maximum tokens value "
                    "that is lower than 2048.",
                ),
            ),
        )
    ),
    # -- context
    "openai: context": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: openai_error(
                    400,
                    f"This model's maximum context length is {WINDOW} tokens. However, you requested "
                    f"{tokens(body) + output(body)} tokens ({tokens(body)} in the messages, {output(body)} in the completion). "
                    "Please reduce the length of the messages or completion.",
                    "context_length_exceeded",
                    "messages",
                ),
            ),
        )
    ),
    "vLLM: context, with the size of the input": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: flat_error(
                    400,
                    f"'max_tokens' or 'max_completion_tokens' is too large: {output(body)}. This model's maximum context "
                    f"length is {WINDOW} tokens and your request has {tokens(body)} input tokens",
                ),
            ),
        )
    ),
    "vLLM: context, with a lower bound of the input": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: flat_error(
                    400,
                    f"This model's maximum context length is {WINDOW} tokens. However, you requested {output(body)} "
                    f"output tokens and your prompt contains at least {max(WINDOW - output(body) + 1, 1)} input tokens, for a "
                    f"total of at least {WINDOW + 1} tokens.",
                ),
            ),
        )
    ),
    "llama.cpp python: context": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: openai_error(
                    400,
                    f"This model's maximum context length is {WINDOW} tokens, however you requested "
                    f"{tokens(body) + output(body)} tokens ({tokens(body)} in your prompt; {output(body)} for the completion).",
                    "context_length_exceeded",
                ),
            ),
        )
    ),
    "TGI: context": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: as_json(
                    {
                        "error": f"Input validation error: `inputs` tokens + `max_new_tokens` must be <= {WINDOW}. Given: "
                        f"{tokens(body)} `inputs` tokens and {output(body)} `max_new_tokens`",
                        "error_type": "validation",
                    },
                    422,
                ),
            ),
        )
    ),
    "SGLang: context": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: flat_error(
                    400,
                    f"Requested token count exceeds the model's maximum context length of {WINDOW} tokens. You requested a "
                    f"total of {tokens(body) + output(body)} tokens: {tokens(body)} tokens from the input messages and "
                    f"{output(body)} tokens for the completion.",
                ),
            ),
        )
    ),
    "a context without numbers": Provider(
        ((too_long_for(WINDOW), lambda body: openai_error(400, "Request exceeds the context window of the model.")),)
    ),
    "anthropic: context": Provider(
        (
            (
                too_long_for(WINDOW),
                lambda body: anthropic_error(
                    f"input length and `max_tokens` exceed context limit: {tokens(body)} + {output(body)} > {WINDOW}, decrease "
                    "input length or `max_tokens` and try again"
                ),
            ),
        ),
        kind="anthropic",
    ),
    "anthropic: too many output tokens": Provider(
        (
            (
                lambda body: output(body) > 2048,
                lambda body: anthropic_error(
                    f"max_tokens: {output(body)} > 2048, which is the maximum allowed number of output tokens for some-model"
                ),
            ),
        ),
        kind="anthropic",
    ),
    "openai: the texts alone are too long": Provider(
        (
            (
                always,
                lambda body: openai_error(
                    400,
                    f"This model's maximum context length is 100 tokens. However, your messages resulted in {tokens(body)} "
                    "tokens. Please reduce the length of the messages.",
                    "context_length_exceeded",
                ),
            ),
        ),
        outcome="failed",
    ),
    "llama.cpp: the texts alone are too long": Provider(
        (
            (
                always,
                lambda body: as_json(
                    {
                        "error": {
                            "code": 400,
                            "message": "the request exceeds the available context size, try increasing it",
                            "type": "exceed_context_size_error",
                            "n_prompt_tokens": tokens(body),
                            "n_ctx": 256,
                        }
                    },
                    400,
                ),
            ),
        ),
        outcome="failed",
    ),
    "anthropic: the prompt is too long": Provider(
        ((always, lambda body: anthropic_error("prompt is too long: 210000 tokens > 200000 maximum")),),
        kind="anthropic",
        outcome="failed",
    ),
    # -- system prompt
    "gemma's template: no system role": Provider(
        ((has_system, lambda body: flat_error(400, "System role not supported")),)
    ),
    "mistral's template: roles alternate": Provider(
        (
            (
                has_system,
                lambda body: flat_error(400, "Conversation roles must alternate user/assistant/user/assistant/..."),
            ),
        )
    ),
    "openai: a model without system messages": Provider(
        (
            (
                has_system,
                lambda body: openai_error(
                    400,
                    "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
                    "unsupported_value",
                    "messages[0].role",
                ),
            ),
        )
    ),
    "gemini: developer instruction": Provider(
        (
            (
                has_system,
                lambda body: as_json(
                    [
                        {
                            "error": {
                                "code": 400,
                                "message": "Developer instruction is not enabled for models/gemma",
                                "status": "INVALID_ARGUMENT",
                            }
                        }
                    ],
                    400,
                ),
            ),
        )
    ),
    "llama.cpp: no system role, as an internal error": Provider(
        (
            (
                has_system,
                lambda body: as_json(
                    {"error": {"code": 500, "message": "System role not supported at row 1", "type": "server_error"}},
                    500,
                ),
            ),
        )
    ),
    "anthropic: system must be a text": Provider(
        (
            (
                lambda body: isinstance(body.get("system"), list),
                lambda body: anthropic_error("system.0.cache_control: Extra inputs are not permitted"),
            ),
        ),
        kind="anthropic",
    ),
    # -- settings
    "openai: the default temperature only": Provider(
        (
            (
                has("temperature"),
                lambda body: openai_error(
                    400,
                    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is "
                    "supported.",
                    "unsupported_value",
                    "temperature",
                ),
            ),
        ),
        options=("temperature=0",),
    ),
    "no seed": Provider(
        ((has("seed"), lambda body: flat_error(422, "Extra inputs are not permitted: seed")),), options=("seed=3",)
    ),
    "mistral: no reasoning effort": Provider(
        (
            (
                has("reasoning_effort"),
                lambda body: openai_error(400, "reasoning_effort is not supported for this model"),
            ),
        ),
        options=("effort=low",),
    ),
    "anthropic: no output_config": Provider(
        ((has("output_config"), lambda body: anthropic_error("output_config: Extra inputs are not permitted")),),
        kind="anthropic",
        options=("effort=low",),
    ),
    "anthropic: no structured outputs": Provider(
        (
            (
                lambda body: "format" in body.get("output_config", {}),
                lambda body: anthropic_error("output_config.format: 'some-model' does not support structured outputs"),
            ),
        ),
        kind="anthropic",
    ),
    "anthropic: no thinking": Provider(
        ((has("thinking"), lambda body: anthropic_error("'some-model' does not support thinking")),),
        kind="anthropic",
        options=("thinking=1024",),
    ),
    "anthropic: adaptive thinking only": Provider(
        (
            (
                lambda body: (body.get("thinking") or {}).get("type") == "enabled",
                lambda body: anthropic_error(
                    '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" instead.'
                ),
            ),
        ),
        kind="anthropic",
        options=("thinking=1024",),
    ),
    # -- several at once, and no words at all
    "everything at once": Provider(
        (
            (
                has("max_tokens"),
                lambda body: openai_error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."),
            ),
            (has("temperature"), lambda body: openai_error(400, "Unsupported value: 'temperature'")),
            (has_system, lambda body: openai_error(400, "System role not supported")),
            (
                format_is("json_schema", "json_object"),
                lambda body: openai_error(400, "response_format is not supported"),
            ),
        ),
        options=("temperature=0",),
    ),
    "a schema refused without a word": Provider(((format_is("json_schema"), lambda body: Reply(b"", 400)),)),
    "a system prompt refused without a word": Provider(
        ((has_system, lambda body: Reply(b"Bad Request", 400, "text/plain")),)
    ),
    "anthropic: cache marks refused without a word": Provider(
        ((lambda body: isinstance(body.get("system"), list), lambda body: anthropic_error("Error")),), kind="anthropic"
    ),
    # -- permanent
    "a bad key": Provider(
        ((always, lambda body: openai_error(401, "Incorrect API key provided: sk-***.", "invalid_api_key")),),
        outcome="stopped",
    ),
    "gemini: a bad key, as an invalid request": Provider(
        (
            (
                always,
                lambda body: as_json(
                    [
                        {
                            "error": {
                                "code": 400,
                                "message": "API key not valid. Please pass a valid API key.",
                                "status": "INVALID_ARGUMENT",
                            }
                        }
                    ],
                    400,
                ),
            ),
        ),
        outcome="stopped",
    ),
    "an unknown model": Provider(
        ((always, lambda body: flat_error(404, "The model `m` does not exist.", "NotFoundError")),), outcome="stopped"
    ),
    "ollama: an unknown model": Provider(
        ((always, lambda body: openai_error(404, 'model "m" not found, try pulling it first')),), outcome="stopped"
    ),
    "deepseek: an unknown model": Provider(
        ((always, lambda body: openai_error(400, "Model Not Exist")),), outcome="stopped"
    ),
    "litellm: an unknown model": Provider(
        (
            (
                always,
                lambda body: openai_error(
                    400, "Invalid model name passed in model=m. Call `/v1/models` to view available models"
                ),
            ),
        ),
        outcome="stopped",
    ),
    "openai: no quota": Provider(
        (
            (
                always,
                lambda body: openai_error(
                    429,
                    "You exceeded your current quota, please check your plan and billing details.",
                    "insufficient_quota",
                    kind="insufficient_quota",
                ),
            ),
        ),
        outcome="stopped",
    ),
    "deepseek: no balance": Provider(
        ((always, lambda body: openai_error(402, "Insufficient Balance")),), outcome="stopped"
    ),
    "anthropic: no credit": Provider(
        ((always, lambda body: anthropic_error("Your credit balance is too low to access the API.")),),
        kind="anthropic",
        outcome="stopped",
    ),
    "azure: access denied": Provider(
        (
            (
                always,
                lambda body: as_json(
                    {"statusCode": 401, "message": "Unauthorized. Access token is missing or invalid."}, 401
                ),
            ),
        ),
        outcome="stopped",
    ),
    "a request that nothing mends": Provider(
        ((always, lambda body: openai_error(400, f"Malformed request {id(body)}")),), outcome="stopped"
    ),
    "a wrong path": Provider(
        ((always, lambda body: Reply(b"<html>405 Not Allowed</html>", 405, "text/html")),), outcome="stopped"
    ),
    "a redirect": Provider(
        ((always, lambda body: Reply(b"", 307, headers={"location": "http://127.0.0.2:9/v1/chat/completions"})),),
        outcome="stopped",
    ),
    # -- one pair's own
    "azure: content policy": Provider(
        (
            (
                lambda body: "Question 1\n" in body["messages"][-1]["content"],
                lambda body: openai_error(
                    400,
                    "The response was filtered due to the prompt triggering the content management policy.",
                    "content_filter",
                ),
            ),
        ),
        outcome="one failed",
    ),
    "openrouter: moderation": Provider(
        (
            (
                lambda body: "Question 1\n" in body["messages"][-1]["content"],
                lambda body: openai_error(403, "Your chosen model requires moderation and your input was flagged", 403),
            ),
        ),
        outcome="one failed",
    ),
    "openrouter: an error with status 200": Provider(
        (
            (
                always,
                lambda body: as_json({"error": {"code": 402, "message": "Insufficient credits"}}),
            ),
        ),
        outcome="stopped",
    ),
}
