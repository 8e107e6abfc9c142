"""Which environment variable has the key of which endpoint: nobody's key goes to a host that it was not given for."""

import pytest

from engine.config import settings
from engine.deploying import deployments

HOSTED, OWN, OPENAI = "https://hosted.example/v1", "http://127.0.0.1:8000/v1", "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({"base_url": HOSTED}, ("OPENAI_API_KEY", "OPENAI_API_KEY", "OPENAI_API_KEY")),
        ({"base_url": HOSTED, "key_env": "K"}, ("K", "K", "K")),
        ({"base_url": HOSTED, "key_env": "K", "user_base_url": OWN}, ("K", "", "K")),
        ({"base_url": HOSTED, "key_env": "K", "user_base_url": "https://HOSTED.example/two/v1"}, ("K", "K", "K")),
        ({"base_url": HOSTED, "user_base_url": "http://hosted.example/v1"}, ("OPENAI_API_KEY", "", "OPENAI_API_KEY")),
        ({"base_url": HOSTED, "user_base_url": (HOSTED, OWN)}, ("OPENAI_API_KEY", "", "OPENAI_API_KEY")),
        ({"base_url": OWN, "key_env": "K", "judge_base_url": OPENAI}, ("K", "K", "OPENAI_API_KEY")),
        ({"base_url": HOSTED, "user_base_url": OWN, "user_key_env": "U", "judge_key_env": "J"}, ("OPENAI_API_KEY", "U", "J")),
    ],
)
def test_the_common_key_goes_where_the_common_base_url_leads(options: dict[str, object], keys: tuple[str, str, str]) -> None:
    """By scheme, host and port; OpenAI's own may always go to OpenAI."""
    found = deployments(*settings(None, {"agent": "openai:m", "user": "openai:m", "judge": "m", **options}))
    assert (found["agent"].key, found["user"].key, found["judge"].key) == keys


@pytest.mark.parametrize(("judge_at", "keys"), [(HOSTED, ("K", "K")), (OWN, ("", ""))])
def test_without_a_common_base_url_the_common_key_goes_to_the_only_host_there_is(judge_at: str, keys: tuple[str, str]) -> None:
    options = {"user": "guided:m", "judge": "m", "user_base_url": HOSTED, "judge_base_url": judge_at, "key_env": "K"}
    found = deployments(*settings(None, options))
    assert (found["user"].key, found["judge"].key) == keys
