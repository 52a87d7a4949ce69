"""An account of the local Bedrock as a test wants it, and a user's environment that leads there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hayai.sim.process import Running, serve_in_process, serve_in_thread
from tests.cli.shell import Shell, clean_environment

NOVA = "bedrock:us.amazon.nova-pro-v1:0"
HAIKU_3 = "bedrock:us.anthropic.claude-3-haiku-20240307-v1:0"
KEY, SECRET = "AKIDEXAMPLE", "a-secret-of-the-tests"
ACCOUNT_ID = "123456789012"

MODELS = """
[[models]]
id = "amazon.nova-pro-v1:0"
also = ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"]
[models.arms.standard]
ttft_ms = 200
itl_ms = 10
tokens = 20
regions = { us-east-2 = 1, us-east-1 = 1 }
[models.arms.optimized]
ttft_ms = 100
itl_ms = 5
tokens = 20
regions = { us-east-1 = 1 }

[[models]]
id = "anthropic.claude-3-haiku-20240307-v1:0"
state = "end_of_life"
lifecycle = { legacy = 2026-03-10, end_of_life = 2026-09-10 }
[models.arms.standard]
ttft_ms = 100
itl_ms = 5

[[models]]
id = "anthropic.claude-haiku-4-5-20251001-v1:0"
state = "no_access"
[models.arms.standard]
ttft_ms = 100
itl_ms = 5

[[models]]
id = "mistral.mistral-large-2402-v1:0"
state = "legacy"
lifecycle = { legacy = 2026-03-10, extended_access = 2026-09-01, end_of_life = 2099-01-01 }
[models.arms.standard]
ttft_ms = 100
itl_ms = 5
"""


def profile_text(account: str = "", models: str = MODELS) -> str:
    """A profile with these lines about the account, and these models."""
    return f'about = "for tests"\nregion = "us-east-1"\n[account]\n{account}\n{models}'


@contextmanager
def account(folder: Path, text: str, options: Sequence[str] = ()) -> Iterator[Running]:
    """The account that `text` describes, a hundred times as fast, asking for signatures."""
    path = folder / "account.toml"
    path.write_text(text)
    environment = clean_environment(folder) | {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    options = ["--speed", "100", "--check-signatures", *options]
    with serve_in_process(str(path), options=options, environment=environment) as running:
        yield running


@contextmanager
def account_beside(folder: Path, text: str) -> Iterator[Running]:
    """The same in a thread of this process: cheaper by a start of Python, for tests in which no time is judged."""
    path = folder / "account.toml"
    path.write_text(text)
    with serve_in_thread(path, speed=100, check_signatures={KEY: SECRET}) as server:
        yield Running(url=server.url, authority=None, profile=str(path), region="us-east-1", speed=100, pid=os.getpid())


def leads_to(running: Running, **more: str) -> dict[str, str]:
    """The environment of somebody who asks that account, and nobody else."""
    return {
        "AWS_ENDPOINT_URL": running.url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        **more,
    }


def shell_at(folder: Path, running: Running, **more: str) -> Shell:
    """A user in an empty folder who has an account."""
    return Shell(folder=folder, environment=clean_environment(folder) | leads_to(running, **more))
